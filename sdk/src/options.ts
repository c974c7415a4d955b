import { type ErrorCode, PaymentGatewayError } from './errors.ts';
import type { PaymentSuccess, Prefill } from './protocol.ts';

export type CloseReason = 'success' | 'dismissed' | 'error';

export interface PaymentGatewayOptions {
  /** The publishable key, `key_…`. */
  key: string;
  /** An order that the merchant's server made, `order_…`. */
  orderId: string;
  /** Called once, after the modal has closed. Verify `signature` on the server before handing anything out. */
  onSuccess?: (payment: PaymentSuccess) => void;
  /** Called for each failed attempt (the modal stays for another) and when nothing can be paid: see `ErrorCode`. */
  onFailure?: (error: PaymentGatewayError) => void;
  /** Called once each time the modal has closed, whatever the reason. */
  onClose?: (closed: { reason: CloseReason }) => void;
  /** The checkout is on screen and usable. */
  onReady?: () => void;
  /** `redirect` leaves the page and ends on the gateway's own success or failure page. */
  mode?: 'modal' | 'redirect';
  /** Redirect mode: where its result pages lead back to; must be on one of the merchant's allowed origins. */
  returnUrl?: string;
  prefill?: Prefill;
  theme?: 'light' | 'dark' | 'auto';
  locale?: 'en' | 'hi';
  /** Where the gateway's checkout is served. The script knows by itself; the ES module has to be told. */
  baseUrl?: string;
  /** Given up after this long (ms, 15,000). */
  loadTimeoutMs?: number;
}

function refuse(wrong: unknown, code: ErrorCode, description: string): void {
  if (wrong) throw new PaymentGatewayError(code, description);
}

/** Throws a `PaymentGatewayError` for what cannot work. */
export function checkOptions(options: PaymentGatewayOptions, baseUrl: string | undefined): void {
  const { key, orderId } = options || {};
  refuse(!key, 'missing_key', 'key is required');
  refuse(!orderId, 'missing_order_id', 'orderId is required');
  refuse(/^(secret|whsec)_/.test(key), 'secret_key_in_browser', 'Secrets belong on a server. Roll this one.');
  refuse(!/^key_\w+$/.test(key), 'invalid_key', 'key must be a publishable key (key_…)');
  refuse(!baseUrl, 'missing_base_url', 'baseUrl is required');
}

/** The checkout's address; `embedded` is the modal's. */
export function checkoutUrl(options: PaymentGatewayOptions, baseUrl: string, embedded: boolean): URL {
  const url = new URL('checkout', baseUrl);
  const set = (name: string, value: string | undefined, into = url.searchParams) => value && into.set(name, value);
  set('order_id', options.orderId);
  set(embedded ? 'embedded' : 'redirect', 'true');
  set('theme', options.theme);
  set('locale', options.locale);
  if (!embedded) {
    set('key', options.key);
    set('return_url', options.returnUrl);
    // After the hash, so that a name or a UPI address reaches no server's log.
    const known = new URLSearchParams();
    for (const [name, value] of Object.entries(options.prefill || {})) set(name, value, known);
    url.hash = known.toString();
  }
  return url;
}
