/** Time and the network, as the flow sees them. */

export interface Connection {
  isOnline(): boolean;
  now(): number;
  /** Wait `delayMs`, or less if the network comes back or the page is looked at again. */
  pause(delayMs: number): Promise<void>;
}

export function browserConnection(page: Window & typeof globalThis): Connection {
  return {
    isOnline: () => page.navigator.onLine,
    now: () => performance.now(),
    pause: (delayMs) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          page.removeEventListener('online', wake);
          page.document.removeEventListener('visibilitychange', wakeIfSeen);
          resolve();
        };
        const wakeIfSeen = () => page.document.visibilityState === 'visible' && wake();
        const timer = setTimeout(wake, delayMs);
        page.addEventListener('online', wake);
        page.document.addEventListener('visibilitychange', wakeIfSeen);
      }),
  };
}

const FIRST_DELAY_MS = 600;
const GROWTH = 1.4;
const MAX_DELAY_MS = 5_000;
const JITTER = 0.1;

/** How long to wait before look `attempt` (from 0): 0.6 s growing to 5 s, and up to a tenth more. */
export function backOffMs(attempt: number, chance = Math.random()): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * GROWTH ** attempt) * (1 + JITTER * chance);
}
