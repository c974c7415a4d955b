import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live, type LiveEvent } from '../src/api/live.ts';
import { FakeEventSource } from './kit.tsx';

let gaps: number;
let stop: () => void;
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.count = 0;
  gaps = 0;
  live = new Live(() => gaps++);
  stop = live.start();
});
afterEach(() => {
  stop();
  hide(false);
});

const source = () => FakeEventSource.last as FakeEventSource;

function hide(isHidden: boolean): void {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('events reach those who listen, until they stop', async () => {
  const seen: LiveEvent[] = [];
  const end = live.onEvent((event) => seen.push(event));
  await source().open();
  await source().emit('payment', { type: 'payment.success', created_at: 'x', data: { payment: { id: 'pay_1' } } });
  end();
  await source().emit('payment', { type: 'payment.failed', created_at: 'x', data: {} });
  expect(seen).toEqual([
    { kind: 'payment', type: 'payment.success', created_at: 'x', data: { payment: { id: 'pay_1' } } },
  ]);
  expect(live.state).toBe('live');
});

test('a lost connection means polling; when it is back, what was missed is asked for', async () => {
  const states: string[] = [];
  live.onState(() => states.push(live.state));
  await source().open();
  await source().fail();
  expect(gaps).toBe(0);
  await source().open();
  expect(states).toEqual(['live', 'polling', 'live']);
  expect([gaps, FakeEventSource.count]).toEqual([1, 1]);
});

test('after a refusal it tries again, later each time', async () => {
  await source().fail(true);
  expect(FakeEventSource.count).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(FakeEventSource.count).toBe(2);
  await source().fail(true);
  vi.advanceTimersByTime(2_000);
  expect(FakeEventSource.count).toBe(2);
  vi.advanceTimersByTime(2_000);
  expect(FakeEventSource.count).toBe(3);
});

test('a page that nobody looks at gives its connection back after a while', async () => {
  await source().open();
  hide(true);
  expect(source().readyState).toBe(1);
  vi.advanceTimersByTime(15_000);
  expect(source().readyState).toBe(2);
  hide(false);
  expect(FakeEventSource.count).toBe(2);
  await source().open();
  expect(gaps).toBe(1);
});

test('a short look elsewhere costs nothing', async () => {
  await source().open();
  hide(true);
  vi.advanceTimersByTime(5_000);
  hide(false);
  vi.advanceTimersByTime(60_000);
  expect([FakeEventSource.count, source().readyState]).toEqual([1, 1]);
});

test('text that is no event is passed over', async () => {
  const seen: LiveEvent[] = [];
  live.onEvent((event) => seen.push(event));
  source().dispatchEvent(new MessageEvent('payment', { data: '{' }));
  expect(seen).toEqual([]);
});
