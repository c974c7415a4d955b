/** One page of the list, kept as of now: by the stream, by polling while that is away. */
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { type Payment, type PaymentPage, type PaymentQuery, usePayments } from '../../api/payments.ts';
import { useAskAgain, useLiveEvent, useOnFirstLive, useRefetchMs } from '../../api/use-live.ts';
import { paymentOf, remember, type Told, withLive } from './live-rows.ts';

const GATHER_MS = 100;
/** After an event that changes more than it tells: a refund, or a payment that a worker is about to take up. */
const LOOK_MS = 1_000;
/** Beyond it the first page is asked for anew, so that it does not grow without end. */
const MAX_TOLD = 50;
/** No event tells of `processing`. */
const IN_PROGRESS_MS = 2_000;
const UNTOLD_MS = 30_000;
const EVERY: PaymentQuery = {};

/** Calls `act` with what was put in, at most once per `everyMs`. */
function useGathered<Item>(everyMs: number, act: (items: Item[]) => void): (item: Item) => void {
  const items = useRef<Item[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onTime = useEffectEvent(() => act(items.current.splice(0)));
  const fire = useRef(() => {});
  useEffect(() => {
    fire.current = () => {
      timer.current = undefined;
      onTime();
    };
    return () => clearTimeout(timer.current);
  }, []);
  return (item) => {
    items.current.push(item);
    timer.current ??= setTimeout(() => fire.current(), everyMs);
  };
}

export function useLivePage(query: PaymentQuery, cursor: string) {
  const restMs = useRefetchMs(UNTOLD_MS);
  const isAwaited = ({ payments }: PaymentPage) => payments.some(({ status }) => status === 'pending');
  const found = usePayments(query, cursor, (shown) =>
    /pending|processing/.test(query.status ?? '') || (shown && isAwaited(shown)) ? IN_PROGRESS_MS : restMs,
  );
  const { data, isPlaceholderData } = found;
  const isFirst = !cursor && !isPlaceholderData;
  const [told, setTold] = useState<Told>(new Map());
  const refetch = () => void found.refetch();

  /** What a fresh page holds need not be remembered beside it. */
  const forgetSome = async (old: Told) => {
    await found.refetch();
    setTold((now) => new Map([...now].filter(([id, payment]) => old.get(id) !== payment)));
  };
  const gather = useGathered<Payment>(GATHER_MS, (heard) => {
    const next = remember(told, heard);
    setTold(next);
    if (next.size > MAX_TOLD && !found.isFetching) void forgetSome(next);
  });
  const lookSoon = useAskAgain(['payments'], LOOK_MS);
  useLiveEvent((event) => {
    const payment = paymentOf(event);
    if (payment) gather(payment);
    const isShown = found.data?.payments.some(({ id }) => id === event.data.refund?.payment_id);
    if (isShown || (payment?.status === 'pending' && isFirst)) lookSoon();
  });
  useOnFirstLive(refetch);

  /** The rows of the filters before are not for these to judge: they stand there until these are answered. */
  const chosen = isPlaceholderData ? EVERY : query;
  const page = useMemo(() => data && withLive(data, told, chosen, isFirst), [data, told, chosen, isFirst]);
  return { ...found, page };
}
