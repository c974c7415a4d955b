/**
 * One EventSource for the whole app. Pages listen to its events; while it is away they poll.
 *
 * A browser gives an origin six connections, so a page that nobody looks at gives its stream back after a while and
 * asks for everything anew when it is looked at again.
 */

export type LiveState = 'connecting' | 'live' | 'polling' | 'offline';

/** `data` holds what a webhook of the same type would hold. */
export interface LiveEvent {
  kind: 'payment' | 'refund' | 'webhook';
  type: string;
  created_at: string;
  data: { payment?: Record<string, unknown>; refund?: Record<string, unknown>; [name: string]: unknown };
}

export const STREAM = '/api/v1/events/stream';
const KINDS = ['payment', 'refund', 'webhook'] as const;
const FIRST_REOPEN_MS = 2_000;
const MAX_REOPEN_MS = 30_000;
const HIDDEN_CLOSE_MS = 15_000;

export class Live {
  state: LiveState = 'connecting';
  readonly #states = new Set<() => void>();
  readonly #events = new Set<(event: LiveEvent) => void>();
  #source: EventSource | null = null;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;
  #reopenMs = FIRST_REOPEN_MS;
  #wasAway = false;

  /** `onGap`: events may have been missed, so everything shown is to be asked for again. */
  constructor(private readonly onGap: () => void) {}

  /** Opens the stream; call what is returned to end it. */
  start(): () => void {
    const onVisibility = () => this.#watchVisibility();
    const onNetwork = () => (navigator.onLine ? this.#open() : this.#lose('offline'));
    document.addEventListener('visibilitychange', onVisibility);
    addEventListener('online', onNetwork);
    addEventListener('offline', onNetwork);
    this.#open();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      removeEventListener('online', onNetwork);
      removeEventListener('offline', onNetwork);
      clearTimeout(this.#hide);
      this.#close();
    };
  }

  onState = (listener: () => void): (() => void) => {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  };

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  #open(): void {
    this.#close();
    const source = new EventSource(STREAM);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#failed(source);
    for (const kind of KINDS) source.addEventListener(kind, (message) => this.#receive(kind, message.data));
  }

  #opened(): void {
    this.#reopenMs = FIRST_REOPEN_MS;
    this.#setState('live');
    if (this.#wasAway) this.onGap();
    this.#wasAway = false;
  }

  /** The browser itself tries again after a lost connection, not after a refusal. */
  #failed(source: EventSource): void {
    this.#wasAway = true;
    this.#setState(navigator.onLine ? 'polling' : 'offline');
    if (source.readyState !== source.CLOSED) return;
    clearTimeout(this.#reopen);
    this.#reopen = setTimeout(() => this.#open(), this.#reopenMs);
    this.#reopenMs = Math.min(this.#reopenMs * 2, MAX_REOPEN_MS);
  }

  #receive(kind: LiveEvent['kind'], text: string): void {
    let event: LiveEvent;
    try {
      event = { ...JSON.parse(text), kind };
    } catch {
      return;
    }
    for (const listener of this.#events) listener(event);
  }

  #watchVisibility(): void {
    clearTimeout(this.#hide);
    if (document.hidden) this.#hide = setTimeout(() => this.#lose('polling'), HIDDEN_CLOSE_MS);
    else if (!this.#source) this.#open();
  }

  #lose(state: LiveState): void {
    this.#close();
    this.#wasAway = true;
    this.#setState(state);
  }

  #close(): void {
    clearTimeout(this.#reopen);
    this.#source?.close();
    this.#source = null;
  }

  #setState(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.#states) listener();
  }
}
