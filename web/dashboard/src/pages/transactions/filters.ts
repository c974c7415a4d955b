/** The list's filters in the page's address, in the API's words, and against one payment. */
import type { Payment, PaymentQuery } from '../../api/payments.ts';
import { editableMoney, parseMoney, zonedMs } from '../../ui/format.ts';

export const FILTER_NAMES = [
  'q',
  'status',
  'method',
  'from',
  'to',
  'amount_min',
  'amount_max',
  'requires_review',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type FilterValues = Record<FilterName, string>;

/** Amounts are filtered by minor units, whatever their currency; they are typed as rupees. */
const TYPED_CURRENCY = 'INR';
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MIN_YEAR = 1970;

/** `values`' dates are days in the merchant's time zone; both ends belong to the range. */
export function queryOf(values: FilterValues): PaymentQuery {
  const { from, to, ...others } = values;
  const all = { ...others, created_from: dayStart(from, 0), created_to: dayStart(to, 1) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as PaymentQuery;
}

function dayStart(date: string, daysLater: number): string {
  const [, year, month, day] = DATE.exec(date) ?? [];
  const startMs = zonedMs(Date.UTC(Number(year), Number(month) - 1, Number(day) + daysLater));
  return Number.isNaN(startMs) ? '' : new Date(startMs).toISOString();
}

/** A whole date of this era; a date input reports the year 0002 while 2026 is typed. */
export function parseDate(text: string): string | null {
  return text === '' || Number(DATE.exec(text)?.[1]) >= MIN_YEAR ? text : null;
}

export function parseAmount(text: string): string | null {
  if (!text.trim()) return '';
  const minor = parseMoney(text, TYPED_CURRENCY);
  return minor === null ? null : String(minor);
}

export function formatAmount(minor: string): string {
  return /^\d+$/.test(minor) ? editableMoney(Number(minor), TYPED_CURRENCY) : minor;
}

/** Whether the API would list `payment` under `query`. */
export function matches(payment: Payment, query: PaymentQuery): boolean {
  const { status = '', method = '', created_from = '', created_to = '', amount_min, amount_max } = query;
  const createdMs = Date.parse(payment.created_at);
  return (
    isFound(payment, query.q ?? '') &&
    (!query.requires_review || String(payment.requires_review) === query.requires_review) &&
    (!status || status.split(',').includes(payment.status)) &&
    (!method || method.split(',').includes(payment.method)) &&
    !(createdMs < Date.parse(created_from)) &&
    !(createdMs >= Date.parse(created_to)) &&
    !(payment.amount < Number(amount_min)) &&
    !(payment.amount > Number(amount_max))
  );
}

/** Whether a search for `text` finds it; refunds are not known here. */
function isFound({ id, order_id, receipt, vpa, card_last4, amount, currency }: Payment, text: string): boolean {
  const hasPart = [receipt, vpa, card_last4].includes(text) || parseMoney(text, currency) === amount;
  return hasPart || id.startsWith(text) || order_id.startsWith(text);
}
