import type { LiveState } from '../api/live.ts';
import { useLiveState } from '../api/use-live.ts';

const WORDS: Record<LiveState, { label: string; title: string }> = {
  connecting: { label: 'Connecting', title: 'Opening the live stream' },
  live: { label: 'Live', title: 'Changes appear as they happen' },
  polling: { label: 'Polling', title: 'No live stream: the page loads changes every few seconds' },
  offline: { label: 'Offline', title: 'No connection: the page may show old data' },
};

/** Whether what is shown is as of now. */
export function LiveBadge() {
  const state = useLiveState();
  const { label, title } = WORDS[state];
  return (
    <span className={`live ${state}`} role="status" title={title} data-test-id="live-state" data-state={state}>
      {label}
    </span>
  );
}
