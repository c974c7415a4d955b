/** Payments as the API gives them. */
import type { Payment, Timeline } from '../src/api/payments.ts';
import { json } from './kit.tsx';

export const PAYMENT: Payment = {
  id: 'pay_aaaaaaaaaaaaaaaa0001',
  entity: 'payment',
  order_id: 'order_aaaaaaaaaaaaaaaa0001',
  amount: 49_900,
  currency: 'INR',
  method: 'upi',
  vpa: 'user@paytm',
  status: 'pending',
  created_at: '2026-01-15T10:30:00.000Z',
  captured: false,
  amount_refunded: 0,
  requires_review: false,
  error_code: null,
  error_description: null,
  receipt: null,
  updated_at: '2026-01-15T10:30:00.000Z',
};

/** The n-th payment; a larger n is newer. */
export function payment(n: number, fields: Partial<Payment> = {}): Payment {
  const number = String(n).padStart(4, '0');
  const at = new Date(Date.parse(PAYMENT.created_at) + n * 1000).toISOString();
  const id = `pay_aaaaaaaaaaaaaaaa${number}`;
  return { ...PAYMENT, id, order_id: `order_aaaaaaaaaaaaaaaa${number}`, created_at: at, updated_at: at, ...fields };
}

/** What the stream says of it. */
export function told(of: Payment, type = `payment.${of.status}`) {
  const { amount_refunded: _, requires_review: __, updated_at: ___, ...data } = of;
  return { type, created_at: of.updated_at, data: { payment: { ...data, receipt: null, notes: {} } } };
}

export function listed(payments: Payment[], total = payments.length, cursor = ''): Response {
  const link = cursor ? { Link: `</api/v1/payments?limit=25&cursor=${cursor}>; rel="next"` } : {};
  return json(payments, 200, { 'X-Total-Count': String(total), ...(link as Record<string, string>) });
}

export function timeline(of: Partial<Payment> = {}, rest: Partial<Timeline> = {}): Timeline {
  const paid: Payment = { ...PAYMENT, status: 'success', ...of };
  const order = {
    id: paid.order_id,
    amount: paid.amount,
    currency: paid.currency,
    receipt: 'receipt-1',
    notes: { shop: 'Tea & more' },
    status: 'paid' as const,
    created_at: '2026-01-15T10:29:00.000Z',
  };
  return { payment: paid, order, refunds: [], entries: [], ...rest };
}
