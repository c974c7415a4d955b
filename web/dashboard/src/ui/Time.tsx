import { useSyncExternalStore } from 'react';
import { formatDateTime, formatRelative, timeZoneName } from './format.ts';

const TICK_MS = 5_000;

/** One clock for all of them. */
const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  nowMs = Date.now();
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since the epoch, a few seconds old at most. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

/** How long ago, with the exact moment as its title; `isExact` shows that moment itself. */
export function Time({ at, isExact }: { at: string | null | undefined; isExact?: boolean }) {
  const now = useNow();
  if (!at) return <span className="soft">–</span>;
  const exact = formatDateTime(at);
  return (
    <time dateTime={at} title={exact}>
      {isExact ? exact : formatRelative(at, now)}
    </time>
  );
}

/** Whose days and hours the page shows. */
export function ZoneNote() {
  return (
    <p className="soft" data-test-id="time-zone">
      Days and times are of the time zone {timeZoneName()}.
    </p>
  );
}
