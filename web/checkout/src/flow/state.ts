import type { RefusalCode } from '../../../../sdk/src/protocol.ts';
import type { Order, Payment } from '../api/gateway.ts';
import type { FieldName, Method } from '../domain/draft.ts';

/** Everything the page can be showing. */
export type State =
  | { kind: 'loading' }
  | { kind: 'unreachable' }
  /** No such order; `orderId` is empty where none was given. */
  | { kind: 'unknown'; orderId: string }
  /** Not to be paid from here: the site or the key is none of the order's merchant. */
  | { kind: 'refused'; code: RefusalCode }
  | { kind: 'form'; order: Order; refusal?: Refusal }
  | Processing
  | { kind: 'otp'; order: Order; attemptsLeft: number; problem: OtpProblem | null; isChecking: boolean }
  | { kind: 'success'; order: Order; payment: Payment; paidAt: string | null }
  | { kind: 'failed'; order: Order; description: string }
  /** Sent, perhaps: no answer came. Trying again with the same key cannot charge twice. */
  | { kind: 'unsure'; order: Order }
  /** Paid before, by a payment that this browser knows nothing of. */
  | { kind: 'paid'; order: Order }
  /** `/success` or `/failure` of an order that nobody has paid or tried to pay. */
  | { kind: 'unpaid'; order: Order };

export interface Processing {
  kind: 'processing';
  order: Order;
  method: Method;
  phase: 'sending' | 'pending' | 'processing';
  isOffline: boolean;
  isSlow: boolean;
  /** Watched for so long that we stopped; the payer can have another look. */
  isStalled: boolean;
  /** When watching stops, on the connection's clock; null before it began. */
  endsAtMs: number | null;
  /** Only the browser that made the payment can cancel it. */
  canCancel: boolean;
  isCancelling: boolean;
  /** It could not be cancelled: the bank has it. */
  isTooLate: boolean;
}

/** The API refused the payment before it began: its own words, and the field they are about, if any. */
export interface Refusal {
  code: string;
  description: string;
  field?: FieldName;
}

export type OtpProblem = 'wrong' | 'unreachable';

export function orderOf(state: State): Order | null {
  return 'order' in state ? state.order : null;
}

/** Why nothing can be paid here, as the merchant's page is told. */
export function refusalOf(state: State): RefusalCode | null {
  if (state.kind === 'refused') return state.code;
  return state.kind === 'unknown' && state.orderId ? 'order_not_found' : null;
}

export function isPaid({ kind }: State): boolean {
  return kind === 'success' || kind === 'paid';
}

/** Leaving now would leave the payer unsure of their money. */
export function isPaying(state: State): boolean {
  return state.kind === 'otp' || (state.kind === 'processing' && !state.isStalled);
}

/** The payment may have to be sent (again), so what was typed for it is still needed. */
export function isSending(state: State): boolean {
  return state.kind === 'form' || state.kind === 'unsure' || (state.kind === 'processing' && state.phase === 'sending');
}
