/** The public endpoints: all that a payer's browser may ask. */
import type { Request } from './client.ts';

export const NOT_FOUND = 404;

export interface Order {
  id: string;
  amount: number;
  currency: string;
  status: 'created' | 'attempted' | 'paid';
  merchant_name?: string;
  /** The shop's own number for it. */
  receipt?: string | null;
  /** The payment in flight or successful. */
  payment_id?: string | null;
}

export interface Payment {
  id: string;
  status: 'pending' | 'processing' | 'success' | 'failed';
  method: 'upi' | 'card';
  vpa?: string | null;
  card_network?: string | null;
  card_last4?: string | null;
  updated_at?: string;
  error_description?: string | null;
  next_action?: { type: 'otp'; attempts_left: number } | null;
  signature?: string | null;
}

export interface NewPayment extends Payment {
  client_secret: string;
}

export interface PaymentRef {
  id: string;
  /** Absent for a payment that another tab or device started: then only its status can be asked. */
  clientSecret?: string | undefined;
}

export interface GatewayApi {
  order(id: string): Promise<Order>;
  /** False if the API says that the publishable key is another merchant's. */
  hasKey(orderId: string, key: string): Promise<boolean>;
  pay(body: object, idempotencyKey: string): Promise<NewPayment>;
  payment(ref: PaymentRef): Promise<Payment>;
  authenticate(ref: PaymentRef, otp: string): Promise<Payment>;
  cancel(ref: PaymentRef): Promise<Payment>;
}

export function makeApi(request: Request): GatewayApi {
  const at = ({ id }: PaymentRef, action: string) => `/api/v1/payments/${encodeURIComponent(id)}/${action}`;
  const secret = ({ clientSecret }: PaymentRef) => ({ 'X-Client-Secret': clientSecret ?? '' });
  const orderPath = (id: string) => `/api/v1/orders/${encodeURIComponent(id)}/public`;
  return {
    order: (id) => request(orderPath(id)),
    hasKey: (orderId, key) =>
      request(`${orderPath(orderId)}?key=${encodeURIComponent(key)}`).then(
        () => true,
        (error) => error.status !== NOT_FOUND,
      ),
    pay: (body, idempotencyKey) =>
      request('/api/v1/payments/public', { method: 'POST', headers: { 'Idempotency-Key': idempotencyKey }, body }),
    payment: (ref) =>
      ref.clientSecret ? request(at(ref, 'checkout'), { headers: secret(ref) }) : request(at(ref, 'public')),
    authenticate: (ref, otp) =>
      request(at(ref, 'authenticate'), { method: 'POST', headers: secret(ref), body: { otp } }),
    cancel: (ref) => request(at(ref, 'cancel'), { method: 'POST', headers: secret(ref), body: {} }),
  };
}
