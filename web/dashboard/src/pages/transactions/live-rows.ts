/** A page of payments with what the stream has told since. Server rows and events may come in any order. */
import type { LiveEvent } from '../../api/live.ts';
import type { Payment, PaymentPage, PaymentQuery } from '../../api/payments.ts';
import { matches } from './filters.ts';

/** By payment id, what was last heard. */
export type Told = ReadonlyMap<string, Payment>;

const RANK: Record<Payment['status'], number> = { pending: 0, processing: 1, success: 2, failed: 2 };

/** The payment that an event tells of; null for an event of another kind. */
export function paymentOf({ kind, created_at, data }: LiveEvent): Payment | null {
  if (kind !== 'payment' || typeof data.payment?.id !== 'string') return null;
  const unsaid = { captured: false, amount_refunded: 0, requires_review: false, receipt: null, updated_at: created_at };
  return { ...unsaid, ...data.payment } as Payment;
}

export function remember(told: Told, payments: readonly Payment[]): Told {
  const next = new Map(told);
  for (const payment of payments) {
    const known = next.get(payment.id);
    next.set(payment.id, known ? newer(known, payment) : payment);
  }
  return next;
}

/** `row`, moved on by `heard` if that is further: a status never goes back. */
function newer(row: Payment, heard: Payment | undefined): Payment {
  if (!heard || RANK[heard.status] <= RANK[row.status]) return row;
  const { status, error_code, error_description } = heard;
  return { ...row, status, error_code, error_description };
}

export interface LiveRows extends PaymentPage {
  /** Those that the stream has put in. */
  arrived: ReadonlySet<string>;
}

/** `isFirst`: the page begins with the newest payment, so new ones belong at its top. */
export function withLive(page: PaymentPage, told: Told, query: PaymentQuery, isFirst: boolean): LiveRows {
  // What the API found by a refund, or for a refund's review, a payment does not tell.
  const { q: _, requires_review: __, ...kept } = query;
  const listed = new Set(page.payments.map(({ id }) => id));
  const rows = page.payments.map((row) => newer(row, told.get(row.id))).filter((row) => matches(row, kept));
  const last = page.nextCursor ? page.payments.at(-1) : undefined;
  const belongs = (payment: Payment) =>
    !listed.has(payment.id) && matches(payment, query) && !(last && newestFirst(last, payment) < 0);
  const added = isFirst ? [...told.values()].filter(belongs) : [];
  return {
    ...page,
    payments: added.sort(newestFirst).reduce(inserted, rows),
    total: page.total + added.length - (page.payments.length - rows.length),
    arrived: new Set(added.map(({ id }) => id)),
  };
}

/** The rows' own order stays: the API knows microseconds. */
function inserted(rows: Payment[], payment: Payment): Payment[] {
  const at = rows.findIndex((row) => newestFirst(payment, row) < 0);
  return at < 0 ? [...rows, payment] : rows.toSpliced(at, 0, payment);
}

/** The API's order: by time, then by id. */
function newestFirst(a: Payment, b: Payment): number {
  return compare(b.created_at, a.created_at) || compare(b.id, a.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
