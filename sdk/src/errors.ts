export type ErrorCode =
  /** `key` or `orderId` was not given. */
  | 'missing_key'
  | 'missing_order_id'
  /** `key` is no publishable key (`key_…`). */
  | 'invalid_key'
  /** A `secret_…` or `whsec_…` reached a browser: whoever reads the page has it. Roll it. */
  | 'secret_key_in_browser'
  /** The ES module cannot know where the gateway is. */
  | 'missing_base_url'
  /** A modal is open on this page. */
  | 'already_open'
  | 'destroyed'
  /** The checkout did not answer: no network, or this site is not one of the merchant's allowed origins. */
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
