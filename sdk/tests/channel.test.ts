import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Channel, openChannel } from '../src/channel.ts';
import { frame, ORIGIN, say, watchFrame } from './page.ts';

const SUCCESS = { type: 'payment_success', paymentId: 'pay_1', orderId: 'order_Abc', signature: null };

let channel: Channel;
let posted: ReturnType<typeof watchFrame>;
const report = vi.fn();

beforeEach(() => {
  report.mockClear();
  document.body.append(document.createElement('iframe'));
  posted = watchFrame();
  channel = openChannel(frame(), ORIGIN, 'key_1', { vpa: 'asha@bank' }, report);
});

afterEach(() => {
  channel.stop();
  document.body.replaceChildren();
});

function nonce(): string {
  say({ type: 'hello' });
  return posted.at(-1)?.[0].nonce as string;
}

test('hello is answered with a nonce, the key and the prefill, to the checkout’s origin only', () => {
  const given = nonce();
  expect(given.length).toBeGreaterThan(20);
  expect(posted).toEqual([[{ type: 'init', nonce: given, key: 'key_1', prefill: { vpa: 'asha@bank' } }, ORIGIN]]);
});

test('with origin, source and nonce right, the checkout is heard', () => {
  const message = { ...SUCCESS, nonce: nonce() };
  say(message);
  expect(report).toHaveBeenCalledExactlyOnceWith(message);
});

test('every hello gets a nonce of its own, and the last one counts', () => {
  const [first, second] = [nonce(), nonce()];
  expect(first).not.toBe(second);
  say({ ...SUCCESS, nonce: first });
  expect(report).not.toHaveBeenCalled();
});

test.each([
  ['the page itself', () => ({ source: window })],
  ['nobody', () => ({ source: null })],
  ['another frame', () => ({ source: { postMessage: () => {} } })],
  ['another origin in the frame', () => ({ origin: 'https://evil.example' })],
  ['an opaque origin', () => ({ origin: 'null' })],
  ['another port', () => ({ origin: `${ORIGIN}:8443` })],
])('%s is not heard, not even with the nonce', (_, from) => {
  say({ ...SUCCESS, nonce: nonce() }, from());
  expect(report).not.toHaveBeenCalled();
});

test.each([[undefined], [null], [''], ['guess'], [{}]])('nonce %j is not enough', (guess) => {
  say({ ...SUCCESS, nonce: guess });
  nonce();
  say({ ...SUCCESS, nonce: guess });
  expect(report).not.toHaveBeenCalled();
});

test.each([[null], [undefined], ['text'], [42], [[]]])('%j is no message', (data) => {
  nonce();
  expect(() => say(data)).not.toThrow();
  expect(report).not.toHaveBeenCalled();
});

test('hello from elsewhere gets no nonce', () => {
  say({ type: 'hello' }, { source: window });
  say({ type: 'hello' }, { origin: 'https://evil.example' });
  expect(posted).toEqual([]);
});
