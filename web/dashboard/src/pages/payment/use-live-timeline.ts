/** All around one payment, kept as of now. */
import { type Timeline, useTimeline } from '../../api/payments.ts';
import { useAskAgain, useLiveEvent, useLiveState, useOnFirstLive } from '../../api/use-live.ts';

const GATHER_MS = 100;
const AWAY_MS = 3_000;
const BUSY_MS = 2_000;
const IDLE_MS = 5_000;
const AFTER_RETRY_MS = 500;
/** A payment that the bank has not decided for so long is asked for less often. */
const SLOW_AFTER_MS = 120_000;

/** No event tells of `processing`, of captures, nor of attempts at webhooks: they are asked for, soon while any is awaited. */
export function nextAskMs(found: Timeline | undefined, nowMs: number): number {
  if (!found) return IDLE_MS;
  const waits = [...moving(found).map((since) => (nowMs - since < SLOW_AFTER_MS ? BUSY_MS : IDLE_MS)), IDLE_MS];
  for (const { delivery_status, next_retry_at, kind } of found.entries) {
    if (kind !== 'event' || delivery_status !== 'pending') continue;
    const dueMs = next_retry_at ? Date.parse(next_retry_at) - nowMs + AFTER_RETRY_MS : BUSY_MS;
    waits.push(Math.max(dueMs, BUSY_MS));
  }
  return Math.min(...waits);
}

/** Since when what has no outcome yet is under way. */
function moving({ payment, refunds }: Timeline): number[] {
  return [payment, ...refunds]
    .filter(({ status }) => status === 'pending' || status === 'processing')
    .map(({ created_at }) => Date.parse(created_at));
}

export function useLiveTimeline(id: string) {
  const isLive = useLiveState() === 'live';
  const found = useTimeline(id, (data) => (isLive ? nextAskMs(data, Date.now()) : AWAY_MS));
  const askAgain = useAskAgain(['timeline', id], GATHER_MS);
  useLiveEvent(({ data: { payment, refund } }) => {
    if (payment?.id === id || refund?.payment_id === id) askAgain();
  });
  useOnFirstLive(() => void found.refetch());
  return found;
}
