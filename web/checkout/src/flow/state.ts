import type { Order } from '../api/gateway.ts';
import type { FieldName, Method } from '../domain/draft.ts';

/** Everything the page can be showing. */
export type State =
  | { kind: 'loading' }
  | { kind: 'unreachable' }
  /** No such order; `orderId` is empty where none was given. */
  | { kind: 'unknown'; orderId: string }
  | { kind: 'form'; order: Order; refusal?: Refusal }
  | Processing
  | { kind: 'otp'; order: Order; attemptsLeft: number; problem: OtpProblem | null; isChecking: boolean }
  | { kind: 'success'; order: Order; paymentId: string; signature: string | null }
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
