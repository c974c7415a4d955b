import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Report } from '../../../sdk/src/protocol.ts';
import { type Bridge, openBridge } from '../src/embed/bridge.ts';
import { ModalHost, prefillFrom } from '../src/embed/host.ts';
import type { State } from '../src/flow/state.ts';
import { ORDER, payment } from './fake-api.ts';

const SHOP = 'https://shop.example';

/** A frame whose parent and messages are the test's own. */
function makeFrame(ancestor?: string) {
  const parent = { postMessage: vi.fn() };
  let hear: (event: object) => void = () => {};
  const frame = {
    parent,
    location: { ancestorOrigins: ancestor === undefined ? undefined : [ancestor] },
    addEventListener: (_: string, listener: typeof hear) => {
      hear = listener;
    },
  };
  return { frame: frame as unknown as Window, parent, hear: (event: object) => hear(event) };
}

function embedded(ancestor?: string) {
  const made = makeFrame(ancestor);
  const embedding = { onInit: vi.fn(), onCloseRequest: vi.fn() };
  const bridge: Bridge = openBridge(made.frame, embedding);
  const say = (data: unknown, from: { origin?: string; source?: unknown } = {}) =>
    made.hear({ data, origin: SHOP, source: made.parent, ...from });
  return { ...made, ...embedding, bridge, say, sent: () => made.parent.postMessage.mock.calls.slice(1) };
}

const INIT = { type: 'init', nonce: 'n1', key: 'key_1', prefill: { vpa: 'asha@bank' } };

test('hello says nothing, and reports wait for the page’s answer', () => {
  const { parent, bridge, say, sent, onInit } = embedded();
  expect(parent.postMessage.mock.calls).toEqual([[{ type: 'hello' }, '*']]);
  bridge.report({ type: 'state', paying: true });
  expect(sent()).toEqual([]);
  say(INIT);
  expect(onInit).toHaveBeenCalledWith({ vpa: 'asha@bank' }, 'key_1');
  expect(sent()).toEqual([
    [{ type: 'state', paying: true, nonce: 'n1' }, SHOP],
    [{ type: 'ready', nonce: 'n1' }, SHOP],
  ]);
});

test('only the first init counts', () => {
  const { say, sent, bridge } = embedded();
  say(INIT);
  say({ ...INIT, nonce: 'n2' });
  bridge.report({ type: 'close_modal' });
  expect(sent().at(-1)).toEqual([{ type: 'close_modal', nonce: 'n1' }, SHOP]);
});

test.each([
  ['a source that is not the parent', {}, { source: {} }],
  ['no nonce', { nonce: undefined }, {}],
  ['no message', null, {}],
])('init with %s is not taken', (_, changes, from) => {
  const { say, onInit } = embedded();
  say(changes && { ...INIT, ...changes }, from);
  expect(onInit).not.toHaveBeenCalled();
});

test('an origin other than the ancestor that the browser names is not taken', () => {
  const { say, onInit } = embedded(SHOP);
  say(INIT, { origin: 'https://evil.example' });
  expect(onInit).not.toHaveBeenCalled();
  say(INIT);
  expect(onInit).toHaveBeenCalledOnce();
});

test.each([
  ['nonce', { type: 'close_request', nonce: 'guess' }, {}],
  ['origin', { type: 'close_request', nonce: 'n1' }, { origin: 'https://evil.example' }],
  ['source', { type: 'close_request', nonce: 'n1' }, { source: {} }],
])('a close request with the wrong %s is not heard', (_, message, from) => {
  const { say, onCloseRequest } = embedded();
  say(INIT);
  say(message, from);
  expect(onCloseRequest).not.toHaveBeenCalled();
  say({ type: 'close_request', nonce: 'n1' });
  expect(onCloseRequest).toHaveBeenCalledOnce();
});

const PROCESSING: State = {
  kind: 'processing',
  order: ORDER,
  method: 'upi',
  phase: 'pending',
  isOffline: false,
  isSlow: false,
  isStalled: false,
  endsAtMs: null,
  canCancel: true,
  isCancelling: false,
  isTooLate: false,
};
const FORM: State = { kind: 'form', order: ORDER };
const SUCCESS: State = { kind: 'success', order: ORDER, payment: payment(), paidAt: null };

function host() {
  const reports: Report[] = [];
  const cancel = vi.fn(async () => {});
  const made = new ModalHost({ report: (report) => void reports.push(report) }, cancel);
  made.onAskToLeave = vi.fn();
  return { host: made, reports, cancel };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('paying is reported when it begins and when it ends', () => {
  const { host: made, reports } = host();
  for (const state of [FORM, PROCESSING, PROCESSING, FORM]) made.show(state);
  expect(reports).toEqual([
    { type: 'state', paying: true },
    { type: 'state', paying: false },
  ]);
});

test('closing is asked about only while paying', () => {
  const { host: made, reports } = host();
  made.show(FORM);
  made.requestClose();
  expect(reports).toEqual([{ type: 'close_modal' }]);
  made.show(PROCESSING);
  made.requestClose();
  expect(made.onAskToLeave).toHaveBeenCalledOnce();
  expect(reports.at(-1)).toEqual({ type: 'state', paying: true });
});

test('a success is shown before it is told, and closing meanwhile tells it at once', () => {
  const { host: made, reports } = host();
  made.show(PROCESSING);
  made.show(SUCCESS);
  made.succeeded('pay_1', ORDER.id, 'ab');
  expect(reports.map(({ type }) => type)).not.toContain('payment_success');
  expect(reports.at(-1)).toEqual({ type: 'state', paying: true });
  made.requestClose();
  const told = { type: 'payment_success', paymentId: 'pay_1', orderId: ORDER.id, signature: 'ab' };
  expect(reports.filter(({ type }) => type === 'payment_success')).toEqual([told]);
  vi.advanceTimersByTime(10_000);
  expect(reports.filter(({ type }) => type === 'payment_success')).toHaveLength(1);
  expect(made.onAskToLeave).not.toHaveBeenCalled();
});

test('leaving the code step cancels the payment, within a bound', async () => {
  const { host: made, reports, cancel } = host();
  cancel.mockReturnValue(new Promise(() => {}));
  const left = made.leave({ kind: 'otp', order: ORDER, attemptsLeft: 3, problem: null, isChecking: false });
  await vi.advanceTimersByTimeAsync(2_000);
  await left;
  expect(cancel).toHaveBeenCalledOnce();
  expect(reports.at(-1)).toEqual({ type: 'close_modal' });
});

test('redirect mode’s prefill is read from behind the hash', () => {
  expect(prefillFrom('#vpa=asha%40bank&method=upi&evil=1')).toEqual({ vpa: 'asha@bank', method: 'upi' });
  expect(prefillFrom('')).toEqual({});
});

test.each([
  ['order_not_found', { kind: 'unknown', orderId: 'order_1' }],
  ['origin_not_allowed', { kind: 'refused', code: 'origin_not_allowed' }],
  ['invalid_key', { kind: 'refused', code: 'invalid_key' }],
] as [string, State][])('%s is told to the page', (code, state) => {
  const { host: made, reports } = host();
  made.show(state);
  expect(reports).toEqual([{ type: 'refused', code, description: expect.any(String) }]);
});
