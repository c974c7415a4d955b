/**
 * What the merchant's page and the checkout say to each other by `postMessage`.
 *
 * The frame says `hello`, the page answers `init` with a nonce, the frame says `ready`; every later message carries
 * that nonce. Both sides also check origin and source, so neither page scripts of other windows nor sibling frames
 * can speak for one of them.
 */

export interface Prefill {
  method?: 'upi' | 'card';
  vpa?: string;
  holderName?: string;
}

/** Says nothing, so it may go to whatever page `frame-ancestors` allowed to frame the checkout. */
export interface Hello {
  type: 'hello';
}

export interface Init {
  type: 'init';
  nonce: string;
  /** The publishable key: the checkout refuses one of another merchant than the order's. */
  key: string;
  prefill: Prefill;
}

/** The payer wants to close while money may be moving: the checkout asks them, and answers with `state` at once. */
export interface CloseRequest {
  type: 'close_request';
}

export type FromPage = Init | (CloseRequest & Signed);

export interface PaymentSuccess {
  paymentId: string;
  orderId: string;
  /** Lower-case hex HMAC-SHA256 of `orderId|paymentId`, made by the API; null if this browser may not know it. */
  signature: string | null;
}

export interface PaymentFailure {
  paymentId: string;
  orderId: string;
  description: string;
}

/** Why nothing can be paid here: the checkout says so in the modal, which stays for the payer to read. */
export type RefusalCode = 'order_not_found' | 'origin_not_allowed' | 'invalid_key';

export type Report =
  | { type: 'ready' }
  | { type: 'state'; paying: boolean }
  | { type: 'close_modal' }
  | { type: 'refused'; code: RefusalCode; description: string }
  | ({ type: 'payment_success' } & PaymentSuccess)
  | ({ type: 'payment_failed' } & PaymentFailure);

interface Signed {
  nonce: string;
}

export type FromCheckout = Hello | (Report & Signed);
