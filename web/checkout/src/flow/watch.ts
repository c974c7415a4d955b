import { ApiError } from '../api/client.ts';
import type { GatewayApi, Payment, PaymentRef } from '../api/gateway.ts';
import { backOffMs, type Connection } from './connection.ts';

export const SLOW_AFTER_MS = 15_000;
export const GIVE_UP_AFTER_MS = 15 * 60_000;

export interface Glimpse {
  status: 'pending' | 'processing' | null;
  isOffline: boolean;
  isSlow: boolean;
}

/** A payment that is final, or that asks something of the payer. */
export function needsNoWatching({ status, next_action }: Payment): boolean {
  return status === 'success' || status === 'failed' || !!next_action;
}

/**
 * Look at the payment, at growing intervals, until it needs no more watching: then it is the result. A lost
 * connection is waited out. Null once `isCurrent` says no, or at `endsAtMs`.
 */
export async function watch(
  api: GatewayApi,
  ref: PaymentRef,
  connection: Connection,
  endsAtMs: number,
  isCurrent: () => boolean,
  show: (glimpse: Glimpse) => void,
): Promise<Payment | null> {
  const began = connection.now();
  const elapsedMs = () => connection.now() - began;
  for (let look = 0; connection.now() < endsAtMs; look++) {
    await connection.pause(backOffMs(look));
    if (!isCurrent()) return null;
    const isSlow = elapsedMs() >= SLOW_AFTER_MS;
    try {
      const payment = await api.payment(ref);
      if (!isCurrent()) return null;
      if (needsNoWatching(payment)) return payment;
      show({ status: payment.status as 'pending' | 'processing', isOffline: false, isSlow });
    } catch (error) {
      if (!isCurrent()) return null;
      show({ status: null, isOffline: !(error instanceof ApiError), isSlow });
    }
  }
  return null;
}
