/** Loads the gateway's own script, so that a fix to it needs no release of the merchant's site. */
import type { PaymentGateway } from './gateway.ts';

export type { ErrorCode, PaymentGatewayError } from './errors.ts';
export type { PaymentGateway } from './gateway.ts';
export type { CloseReason, PaymentGatewayOptions } from './options.ts';
export type { PaymentSuccess, Prefill } from './protocol.ts';

/** The browser's, where it has them; its types come with TypeScript's next library. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedTypePolicy;
}
interface TrustedTypePolicy {
  createScriptURL(url: string): string;
}

type Constructor = typeof PaymentGateway;
type Global = { PaymentGateway?: Constructor; trustedTypes?: TrustedTypes };

let loading: Promise<Constructor> | undefined;
let policy: TrustedTypePolicy | undefined;

/** What `script.src` takes under `require-trusted-types-for 'script'`. */
function scriptUrl(src: string): string {
  policy ??= (globalThis as Global).trustedTypes?.createPolicy('payment-gateway', { createScriptURL: (url) => url });
  return policy ? policy.createScriptURL(src) : src;
}

/**
 * The constructor, once `src` (`https://pay.example.com/checkout.js`, or a hashed file with its `integrity` from
 * `manifest.json`) has run. Loads once; rejects with an Error if it cannot be fetched or its hash differs, after
 * which it can be called again. Never settles where there is no document, so it is safe in server rendering.
 */
export function loadPaymentGateway(src: string, integrity?: string): Promise<Constructor> {
  loading ??= new Promise((resolve, reject) => {
    if (typeof document === 'undefined') return;
    const present = (globalThis as Global).PaymentGateway;
    if (present) return resolve(present);
    const script = document.createElement('script');
    script.src = scriptUrl(src);
    script.crossOrigin = 'anonymous';
    if (integrity) script.integrity = integrity;
    script.onload = () => resolve((globalThis as Global).PaymentGateway as Constructor);
    script.onerror = () => {
      script.remove();
      loading = undefined;
      reject(new Error(`Could not load ${src}`));
    };
    document.head.append(script);
  });
  return loading;
}
