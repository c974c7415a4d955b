import type { RefusalCode } from '../../../../sdk/src/protocol.ts';
import { ApiError } from '../api/client.ts';
import { type GatewayApi, NOT_FOUND, type Order, type Payment, type PaymentRef } from '../api/gateway.ts';
import { type Draft, type Method, paymentBody } from '../domain/draft.ts';
import type { Connection } from './connection.ts';
import { fieldOf } from './refusals.ts';
import { send, Unanswered } from './send.ts';
import type { Session, Sessions } from './sessions.ts';
import type { OtpProblem, Processing, State } from './state.ts';
import { GIVE_UP_AFTER_MS, needsNoWatching, watch } from './watch.ts';

/** What becomes of a payment, told once each time it happens while the payer looks on. */
export interface Outcomes {
  succeeded(paymentId: string, orderId: string, signature: string | null): void;
  failed(paymentId: string, orderId: string, description: string): void;
}

export interface FlowDeps {
  api: GatewayApi;
  sessions: Sessions;
  connection: Connection;
  outcomes: Outcomes;
  newKey: () => string;
  /** `/success` and `/failure` show a result and offer no form. */
  isResultPage: boolean;
  /** The server's: nothing can be paid here, and the API is not asked. */
  refusal?: RefusalCode | '';
}

const RATE_LIMITED = 429;
const REUSED_KEY = 'IDEMPOTENCY_KEY_REUSED';

/** One order's way from opening the page to paid: holds the state, talks to the API, knows no DOM. */
export class Flow {
  #state: State = { kind: 'loading' };
  #listeners = new Set<(state: State) => void>();
  /** Counts what was begun, so that an answer to something left behind changes nothing. */
  #run = 0;
  #ref: PaymentRef | null = null;

  constructor(
    private readonly orderId: string,
    private readonly deps: FlowDeps,
  ) {}

  get state(): State {
    return this.#state;
  }

  subscribe(listener: (state: State) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Show the order, or the payment that is under way or done, also after a reload. */
  async start(): Promise<void> {
    const isCurrent = this.#begin();
    const { refusal } = this.deps;
    if (refusal && refusal !== 'order_not_found') return this.#set({ kind: 'refused', code: refusal });
    if (refusal || !this.orderId) return this.#set({ kind: 'unknown', orderId: this.orderId });
    this.#set({ kind: 'loading' });
    try {
      const order = await this.deps.api.order(this.orderId);
      if (isCurrent()) await this.#resume(order, isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      const isUnknown = error instanceof ApiError && error.status === NOT_FOUND;
      this.#set(isUnknown ? { kind: 'unknown', orderId: this.orderId } : { kind: 'unreachable' });
    }
  }

  /** Refuse the page that opened this if `key` is another merchant's. Without an answer nothing is refused. */
  async checkKey(key: string): Promise<void> {
    if (!key || !this.orderId || this.deps.refusal) return;
    const isOwn = await this.deps.api.hasKey(this.orderId, key);
    if (isOwn || (this.#state.kind !== 'loading' && this.#state.kind !== 'form')) return;
    this.#begin();
    this.#set({ kind: 'refused', code: 'invalid_key' });
  }

  now(): number {
    return this.deps.connection.now();
  }

  /** Send the payment. A refusal puts the form back, with what was wrong. */
  async pay(order: Order, draft: Draft): Promise<void> {
    const isCurrent = this.#begin();
    const show = (isOffline: boolean) => this.#set(this.#processing(order, draft.method, { isOffline }));
    show(!this.deps.connection.isOnline());
    try {
      const body = paymentBody(draft, order.id);
      const created = await this.#create(order.id, body, () => isCurrent() && show(true));
      if (isCurrent()) await this.#follow(order, { id: created.id, clientSecret: created.client_secret }, created);
    } catch (error) {
      if (!isCurrent()) return;
      if (error instanceof Unanswered) this.#set({ kind: 'unsure', order });
      else if (error instanceof ApiError) await this.#refused(order, error, isCurrent);
      else throw error;
    }
  }

  /** After a failure: the form again, and a new idempotency key with the next payment. */
  retry(order: Order): void {
    this.#begin();
    this.deps.sessions.remove(order.id);
    this.#set({ kind: 'form', order });
  }

  /** After no answer: the form again, and the same idempotency key. */
  tryAgain(order: Order): void {
    this.#begin();
    this.#set({ kind: 'form', order });
  }

  async authenticate(order: Order, attemptsLeft: number, otp: string): Promise<void> {
    const ref = this.#ref as PaymentRef;
    const isCurrent = this.#begin();
    const show = (problem: OtpProblem | null, isChecking = false, left = attemptsLeft) =>
      this.#set({ kind: 'otp', order, attemptsLeft: left, problem, isChecking });
    show(null, true);
    try {
      const payment = await this.#confirm(ref, otp);
      if (!isCurrent()) return;
      if (payment.next_action) show('wrong', false, payment.next_action.attempts_left);
      else await this.#follow(order, ref, payment);
    } catch {
      if (isCurrent()) show('unreachable');
    }
  }

  /**
   * Give up a payment that waits for its payer; too late, it is watched on. `isForAnother`: to pay in another way, so
   * the form comes back instead of a failure; true once it has.
   */
  async cancel(order: Order, isForAnother = false): Promise<boolean> {
    const ref = this.#ref as PaymentRef;
    const before = this.#state;
    const isWaiting = before.kind === 'processing';
    const isCurrent = this.#begin();
    const { api } = this.deps;
    if (isWaiting) this.#set({ ...before, isCancelling: true });
    let isTooLate = false;
    const payment = await api.cancel(ref).catch((error: unknown) => {
      isTooLate = error instanceof ApiError && !error.isPassing;
      return api.payment(ref).catch(() => null);
    });
    if (!isCurrent()) return false;
    const isOver = isForAnother && payment?.status === 'failed';
    if (isOver) this.retry(order);
    else if (!payment) await this.start();
    else await this.#follow(order, ref, payment, true, { isTooLate, endsAtMs: isWaiting ? before.endsAtMs : null });
    return isOver;
  }

  async #resume(order: Order, isCurrent: () => boolean): Promise<void> {
    const session = this.deps.sessions.read(order.id);
    const own = session?.paymentId ? { id: session.paymentId, clientSecret: session.clientSecret } : null;
    // Of a payment that another tab or device made, only the status can be asked.
    const ref = !order.payment_id || order.payment_id === own?.id ? own : { id: order.payment_id };
    if (order.status === 'paid' && ref !== own) return this.#set({ kind: 'paid', order });
    const payment = ref && (await this.#find(ref));
    if (!isCurrent()) return;
    if (payment) return this.#follow(order, ref, payment, false);
    if (order.status === 'paid') return this.#set({ kind: 'paid', order });
    this.#set({ kind: this.deps.isResultPage ? 'unpaid' : 'form', order });
  }

  /** The payment, or null for one that the API does not know (any more). */
  #find(ref: PaymentRef): Promise<Payment | null> {
    return this.deps.api.payment(ref).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === NOT_FOUND) return null;
      throw error;
    });
  }

  async #create(orderId: string, body: object, onLost: () => void) {
    const { api, connection, newKey, sessions } = this.deps;
    const previous = sessions.read(orderId);
    const sendUnder = async (idempotencyKey: string) => {
      sessions.write(orderId, { idempotencyKey });
      const created = await send(api, body, idempotencyKey, connection, onLost);
      const session: Session = { idempotencyKey, paymentId: created.id, clientSecret: created.client_secret };
      sessions.write(orderId, session);
      return created;
    };
    // A key without a payment is one whose answer never came: with the same body it finds that payment again.
    const key = previous && !previous.paymentId ? previous.idempotencyKey : newKey();
    return sendUnder(key).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === REUSED_KEY) return sendUnder(newKey());
      throw error;
    });
  }

  /** The order knows best why: paid meanwhile, or another payment for it under way. Else the form, with the reason. */
  async #refused(order: Order, error: ApiError, isCurrent: () => boolean): Promise<void> {
    this.deps.sessions.remove(order.id);
    const field = fieldOf(error);
    const now = field ? order : await this.deps.api.order(order.id).catch(() => order);
    if (!isCurrent()) return;
    if (now.status === 'paid' || now.payment_id) return this.#resume(now, isCurrent).catch(() => this.start());
    const { code, description } = error;
    this.#set({ kind: 'form', order: now, refusal: { code, description, field } });
  }

  async #confirm(ref: PaymentRef, otp: string): Promise<Payment> {
    const { api } = this.deps;
    try {
      return await api.authenticate(ref, otp);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500 || error.status === RATE_LIMITED) throw error;
      return api.payment(ref);
    }
  }

  async #follow(
    order: Order,
    ref: PaymentRef,
    payment: Payment,
    isNews = true,
    changes: Partial<Processing> = {},
  ): Promise<void> {
    this.#ref = ref;
    if (needsNoWatching(payment)) return this.#settle(order, payment, isNews);
    const isCurrent = this.#begin();
    const { connection } = this.deps;
    const endsAtMs = changes.endsAtMs ?? connection.now() + GIVE_UP_AFTER_MS;
    let shown = this.#processing(order, payment.method, {
      ...changes,
      phase: payment.status as Processing['phase'],
      canCancel: !!ref.clientSecret,
      endsAtMs,
    });
    this.#set(shown);
    const last = await watch(this.deps.api, ref, connection, endsAtMs, isCurrent, ({ status, ...glimpse }) => {
      shown = { ...shown, ...glimpse, phase: status ?? shown.phase };
      this.#set(shown);
    });
    if (last) this.#settle(order, last, true);
    else if (isCurrent()) this.#set({ ...shown, isStalled: true });
  }

  #settle(order: Order, payment: Payment, isNews: boolean): void {
    const { outcomes } = this.deps;
    const signature = payment.signature ?? null;
    const description = payment.error_description ?? '';
    if (payment.status === 'success') {
      // Without the API's time, only a payment that was made just now has one.
      const paidAt = payment.updated_at ?? (isNews ? new Date().toISOString() : null);
      this.#set({ kind: 'success', order, payment, paidAt });
      outcomes.succeeded(payment.id, order.id, signature);
    } else if (payment.status === 'failed') {
      this.#set({ kind: 'failed', order, description });
      if (isNews) outcomes.failed(payment.id, order.id, description);
    } else if (payment.next_action) {
      const attemptsLeft = payment.next_action.attempts_left;
      this.#set({ kind: 'otp', order, attemptsLeft, problem: null, isChecking: false });
    }
  }

  #processing(order: Order, method: Method, changes: Partial<Processing>): Processing {
    const nothing = { isOffline: false, isSlow: false, isStalled: false, isCancelling: false, isTooLate: false };
    const fresh = { phase: 'sending', endsAtMs: null, canCancel: false, ...nothing } as const;
    return { kind: 'processing', order, method, ...fresh, ...changes };
  }

  #begin(): () => boolean {
    const run = ++this.#run;
    return () => run === this.#run;
  }

  #set(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
