/** A merchant's page in happy-dom, and the checkout's side of the conversation, said by hand. */
import { vi } from 'vitest';
import { PaymentGateway } from '../src/gateway.ts';
import type { PaymentGatewayOptions } from '../src/options.ts';

export const BASE = 'https://pay.example.com/';
export const ORIGIN = 'https://pay.example.com';

export const OPTIONS: PaymentGatewayOptions = {
  key: 'key_test_abc123',
  orderId: 'order_Abc',
  baseUrl: BASE,
};

export function gatewayWith(options: Partial<PaymentGatewayOptions> = {}) {
  const callbacks = { onSuccess: vi.fn(), onFailure: vi.fn(), onClose: vi.fn(), onReady: vi.fn() };
  return { gateway: new PaymentGateway({ ...OPTIONS, ...callbacks, ...options }), ...callbacks };
}

export function frame(): HTMLIFrameElement {
  return document.querySelector('iframe') as HTMLIFrameElement;
}

type Posted = [Record<string, unknown>, string][];

/** What the page posts into the frame from now on: `[message, target origin]`, newest last. */
export function watchFrame(): Posted {
  const posted: Posted = [];
  const postMessage = (message: Record<string, unknown>, origin: string) => posted.push([message, origin]);
  // happy-dom loads nothing into frames, so their windows are stand-ins.
  Object.defineProperty(frame(), 'contentWindow', { value: { postMessage }, configurable: true });
  return posted;
}

export function say(data: unknown, from: { origin?: string; source?: unknown } = {}): void {
  const event = new MessageEvent('message', {
    data,
    origin: from.origin ?? ORIGIN,
    source: ('source' in from ? from.source : frame()?.contentWindow) as Window,
  });
  window.dispatchEvent(event);
}

/** Hello, init, ready: gives the nonce. */
export function shakeHands(): { nonce: string; posted: Posted } {
  const posted = watchFrame();
  say({ type: 'hello' });
  const nonce = posted[0]?.[0].nonce as string;
  say({ type: 'ready', nonce });
  return { nonce, posted };
}

export function modal(): HTMLElement | null {
  return document.getElementById('payment-gateway-modal');
}
