/** The app's stream inside React: its state, its events, and how often to poll without it. */
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import type { Live, LiveEvent, LiveState } from './live.ts';

const POLL_MS = 3_000;

export const LiveContext = createContext<Live | null>(null);

const NEVER = () => () => {};

export function useLiveState(): LiveState {
  const live = use(LiveContext);
  return useSyncExternalStore(live?.onState ?? NEVER, () => live?.state ?? 'connecting');
}

/** Calls `listener` for each event while the component is there. */
export function useLiveEvent(listener: (event: LiveEvent) => void): void {
  const live = use(LiveContext);
  const onEvent = useEffectEvent(listener);
  useEffect(() => live?.onEvent((event) => onEvent(event)), [live]);
}

/** For `refetchInterval`: `pollMs` while the stream is away, `liveMs` while it is there. */
export function useRefetchMs(liveMs: number, pollMs = POLL_MS): number {
  return useLiveState() === 'live' ? liveMs : pollMs;
}

/**
 * Asks again for what is under `queryKey`, `waitMs` after the first call and once for all until then.
 *
 * A request that is under way is waited for. Asking anew would end it: on a slow line, while events keep coming, none
 * would ever be answered.
 */
export function useAskAgain(queryKey: QueryKey, waitMs: number): () => void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = () => {
    const isUnderWay = queries.isFetching({ queryKey }) > 0;
    timer.current = isUnderWay ? setTimeout(ask, waitMs) : undefined;
    if (!isUnderWay) void queries.invalidateQueries({ queryKey });
  };
  return () => {
    timer.current ??= setTimeout(ask, waitMs);
  };
}

/** What happens after a page's first request and before the stream's first opening is in neither: ask again then. */
export function useOnFirstLive(askAgain: () => void): void {
  const state = useLiveState();
  const wasConnecting = useRef(state === 'connecting');
  const onLive = useEffectEvent(askAgain);
  useEffect(() => {
    if (!wasConnecting.current || state === 'connecting') return;
    wasConnecting.current = false;
    if (state === 'live') onLive();
  }, [state]);
}
