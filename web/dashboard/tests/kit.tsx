/** A page over a fake `fetch`: its routes, what was asked for, and looking things up by test id. */
import type { QueryClient } from '@tanstack/react-query';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, vi } from 'vitest';
import { App } from '../src/App.tsx';
import { makeQueryClient } from '../src/api/queries.ts';
import { standing } from '../src/api/standing.ts';
import type { Session } from '../src/api/types.ts';

/** A busy machine takes seconds to load a page's modules the first time. */
const PATIENCE_MS = 8_000;
const LOOK_MS = 5;

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

export const SESSION: Session = {
  merchant: {
    id: '550e8400-e29b-41d4-a716-446655440000',
    name: 'Test Merchant',
    email: 'test@example.com',
    api_key: 'key_test_abc123',
    time_zone: 'UTC',
  },
  environment: 'local',
  expires_at: '2030-01-01T00:00:00Z',
};

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = Response | object | number | ((asked: Asked) => Response | object | number | Promise<Response>);

/** `answers['GET /api/v1/session']`: an object is a 200 with that JSON, a number an empty answer of that status. */
export class FakeServer {
  readonly asked: Asked[] = [];
  constructor(readonly answers: Record<string, Answer>) {
    vi.stubGlobal('fetch', (request: Request) => this.#handle(request));
  }

  askedFor(route: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === route);
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const text = await request.text();
    const asked = { method: request.method, path, query, headers: request.headers, body: text && JSON.parse(text) };
    this.asked.push(asked);
    const found = this.answers[`${request.method} ${path}`];
    if (found === undefined) return refusal(404, 'NOT_FOUND_ERROR', `no answer for ${request.method} ${path}`);
    return asResponse(typeof found === 'function' ? await found(asked) : found);
  }
}

function asResponse(answer: Response | object | number): Response {
  if (answer instanceof Response) return answer.clone();
  return typeof answer === 'number' ? new Response(null, { status: answer }) : json(answer);
}

export function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

export function refusal(status: number, code: string, description: string, field?: string): Response {
  return json({ error: { code, description, ...(field ? { field } : {}) } }, status);
}

/** An EventSource that tests speak through: `FakeEventSource.last?.emit('payment', {…})`. */
export class FakeEventSource extends EventTarget {
  static last: FakeEventSource | undefined;
  static count = 0;
  readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeEventSource.last = this;
    FakeEventSource.count++;
  }

  open = () =>
    act(async () => {
      this.readyState = 1;
      this.onopen?.();
    });
  emit = (kind: string, data: object) =>
    act(async () => {
      this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
    });
  /** The connection is lost; `isRefused`: for good, as after a 503. */
  fail = (isRefused = false) =>
    act(async () => {
      this.readyState = isRefused ? 2 : 0;
      this.onerror?.();
    });
  close = () => {
    this.readyState = 2;
  };
}

let root: Root | undefined;
let queries: QueryClient | undefined;

afterEach(async () => {
  await act(async () => root?.unmount());
  queries?.clear();
  Object.assign(standing, { merchantId: '', isSignedOut: false, hasLeft: false });
  root = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

export async function mount(element: ReactElement): Promise<HTMLElement> {
  vi.stubGlobal('EventSource', FakeEventSource);
  const place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  await act(async () => root?.render(element));
  return place;
}

/** The whole app at `path`, signed in unless `answers` say otherwise. */
export async function openApp(path: string, answers: Record<string, Answer> = {}): Promise<FakeServer> {
  const server = new FakeServer({ 'GET /api/v1/session': SESSION, ...answers });
  queries = makeQueryClient();
  await mount(
    <MemoryRouter initialEntries={[path]}>
      <App queries={queries} />
    </MemoryRouter>,
  );
  return server;
}

export function find(testId: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-test-id="${testId}"]`);
}

export function findAll(testId: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-test-id="${testId}"]`)];
}

/** Waits until `look` gives something other than null, undefined or false. */
export async function until<Found>(look: () => Found | null | undefined | false): Promise<Found> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`never seen: ${look}\n${document.body.textContent}`);
    await act(() => new Promise((resolve) => setTimeout(resolve, LOOK_MS)));
  }
}

export function get(testId: string): Promise<HTMLElement> {
  return until(() => find(testId));
}

/** The button or link with exactly this text or label. */
export function named(text: string, among = 'button, a, summary'): Promise<HTMLElement> {
  const isIt = (element: HTMLElement) =>
    element.getAttribute('aria-label') === text || element.textContent?.trim() === text;
  return until(() => [...document.querySelectorAll<HTMLElement>(among)].find(isIt));
}

export async function click(element: HTMLElement): Promise<void> {
  await act(async () => element.click());
}

/** Types into an input, a text area or a select as a user would: React sees the change. */
export async function type(element: HTMLElement, text: string): Promise<void> {
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value')?.set;
  await act(async () => {
    setter?.call(element, text);
    element.dispatchEvent(new Event('input', { bubbles: true }));
    element.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

export async function press(key: string, target: EventTarget = document.body): Promise<void> {
  await act(
    async () => void target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })),
  );
}
