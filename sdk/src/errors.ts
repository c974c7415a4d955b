import type { RefusalCode } from './protocol.ts';

/** `RefusalCode`: the order does not exist, or this site or the key is none of its merchant's. */
export type ErrorCode =
  | RefusalCode
  /** `key` or `orderId` was not given. */
  | 'missing_key'
  | 'missing_order_id'
  /** A `secret_…` or `whsec_…` reached a browser: whoever reads the page has it. Roll it. */
  | 'secret_key_in_browser'
  /** The ES module cannot know where the gateway is. */
  | 'missing_base_url'
  /** A modal is open on this page. */
  | 'already_open'
  | 'destroyed'
  /** The checkout did not answer: no network, or the frame was blocked. */
  | 'load_timeout'
  | 'payment_failed';

/** Thrown for wrong use; handed to `onFailure` for what happens later. */
export class PaymentGatewayError extends Error {
  override readonly name = 'PaymentGatewayError';

  constructor(
    readonly code: ErrorCode,
    readonly description: string,
    readonly orderId?: string,
    readonly paymentId?: string,
  ) {
    super(description);
  }
}
