import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET = process.env.WEBHOOK_SECRET;

// orderId: the one that your server remembers, never the one that the browser sends.
export function isPaid(orderId, paymentId, signature) {
  if (!/^[0-9a-f]{64}$/.test(signature ?? '')) return false;
  const message = `${orderId}|${paymentId}`;
  const expected = createHmac('sha256', SECRET).update(message).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
