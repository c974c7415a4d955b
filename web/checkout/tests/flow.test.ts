import { expect, test, vi } from 'vitest';
import { emptyDraft } from '../src/domain/draft.ts';
import { type Bench, LOST, makeBench, ORDER, payment, refusal } from './fake-api.ts';

const DRAFT = { ...emptyDraft(), vpa: 'asha@bank' };
const CREATED = { ...payment(), client_secret: 'pcs_1' };
const DECLINED = payment({ status: 'failed', error_description: 'Declined' });
const PAID = payment({ status: 'success', signature: 'ab12' });
const ASKS = payment({ next_action: { type: 'otp', attempts_left: 3 } });

async function opened(options?: Parameters<typeof makeBench>[0]): Promise<Bench> {
  const bench = makeBench(options);
  await bench.flow.start();
  return bench;
}

test('an order that nobody has tried to pay: the form', async () => {
  expect((await opened()).kinds()).toEqual(['loading', 'form']);
});

test('no order id: said without asking the API', async () => {
  const { flow, api } = await opened({ orderId: '' });
  expect([flow.state, api.calls]).toEqual([{ kind: 'unknown', orderId: '' }, []]);
});

test.each([
  ['unknown', refusal(404, 'NOT_FOUND_ERROR')],
  ['unreachable', refusal(500, 'INTERNAL_ERROR')],
  ['unreachable', LOST],
])('%s', async (kind, error) => {
  const bench = makeBench();
  bench.api.orders = [error];
  await bench.flow.start();
  expect(bench.flow.state.kind).toBe(kind);
});

test('pay: sent, pending, processing, success, told once with the signature', async () => {
  const { flow, api, states, outcomes, kinds } = await opened();
  api.created = [CREATED];
  api.looks = [payment(), payment({ status: 'processing' }), PAID];
  await flow.pay(ORDER, DRAFT);
  expect(kinds().slice(2)).toEqual([...Array(4).fill('processing'), 'success']);
  const phases = states.flatMap((state) => (state.kind === 'processing' ? [state.phase] : []));
  expect(phases).toEqual(['sending', 'pending', 'pending', 'processing']);
  expect(outcomes).toEqual([['succeeded', 'pay_1', 'order_1', 'ab12']]);
  expect(api.bodies).toEqual([{ order_id: 'order_1', method: 'upi', vpa: 'asha@bank' }]);
});

test('a failure is told, and trying again uses a new key', async () => {
  const { flow, api, outcomes } = await opened();
  api.created = [CREATED];
  api.looks = [DECLINED];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state).toMatchObject({ kind: 'failed', description: 'Declined' });
  expect(outcomes).toEqual([['failed', 'pay_1', 'order_1', 'Declined']]);
  flow.retry(ORDER);
  expect(flow.state.kind).toBe('form');
  await flow.pay(ORDER, DRAFT);
  expect(api.calls.filter((call) => call.startsWith('pay'))).toEqual(['pay key-1', 'pay key-2']);
});

test('a lost answer is asked for again under the same key', async () => {
  const { flow, api, states, connection } = await opened();
  api.created = [LOST, refusal(409, 'IDEMPOTENCY_KEY_IN_USE'), refusal(503, 'SERVICE_UNAVAILABLE'), CREATED];
  api.looks = [PAID];
  await flow.pay(ORDER, DRAFT);
  expect(api.calls.filter((call) => call.startsWith('pay'))).toEqual(Array(4).fill('pay key-1'));
  expect(states.some((state) => state.kind === 'processing' && state.isOffline)).toBe(true);
  expect(flow.state.kind).toBe('success');
  expect(connection.pauses.length).toBe(4);
});

test('no answer for two minutes: unsure, and the next try has the same key', async () => {
  const { flow, api } = await opened();
  api.created = [LOST];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state.kind).toBe('unsure');
  flow.tryAgain(ORDER);
  api.created = [CREATED];
  api.looks = [PAID];
  await flow.pay(ORDER, DRAFT);
  expect(new Set(api.calls.filter((call) => call.startsWith('pay')))).toEqual(new Set(['pay key-1']));
});

test('the same key with other details: once more under a new one', async () => {
  const { flow, api, sessions } = await opened();
  sessions.write(ORDER.id, { idempotencyKey: 'key-0' });
  api.created = [refusal(422, 'IDEMPOTENCY_KEY_REUSED'), CREATED];
  api.looks = [PAID];
  await flow.pay(ORDER, DRAFT);
  expect(api.calls.filter((call) => call.startsWith('pay'))).toEqual(['pay key-0', 'pay key-1']);
  expect(flow.state.kind).toBe('success');
});

test.each([
  ['INVALID_VPA', '', 'vpa'],
  ['INVALID_CARD', 'card', 'number'],
  ['INVALID_CARD', 'card.cvv', 'cvv'],
  ['EXPIRED_CARD', 'card', 'expiry'],
  ['BAD_REQUEST_ERROR', 'order_id', undefined],
])('a refusal %s (%s) is about the field %s', async (code, apiField, field) => {
  const { flow, api } = await opened();
  api.created = [refusal(400, code, 'Said by the API', apiField)];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state).toMatchObject({ kind: 'form', refusal: { code, description: 'Said by the API', field } });
});

test('paid meanwhile by someone else', async () => {
  const { flow, api } = await opened();
  api.created = [refusal(400, 'BAD_REQUEST_ERROR', 'Order already paid')];
  api.orders = [{ ...ORDER, status: 'paid', payment_id: 'pay_other' }];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state.kind).toBe('paid');
});

test('another payment for the order is under way: it is followed, by its status alone', async () => {
  const { flow, api, outcomes } = await opened();
  api.created = [refusal(400, 'BAD_REQUEST_ERROR', 'A payment for this order is already in progress')];
  api.orders = [{ ...ORDER, payment_id: 'pay_other' }];
  api.looks = [payment({ id: 'pay_other' }), payment({ id: 'pay_other', status: 'success' })];
  await flow.pay(ORDER, DRAFT);
  expect(api.calls).toContain('look pay_other public');
  expect(outcomes).toEqual([['succeeded', 'pay_other', 'order_1', null]]);
});

test('offline while watching: said, and gone on with', async () => {
  const { flow, api, states } = await opened();
  api.created = [CREATED];
  api.looks = [payment({ status: 'processing' }), LOST, LOST, PAID];
  await flow.pay(ORDER, DRAFT);
  const offline = states.flatMap((state) => (state.kind === 'processing' ? [`${state.phase} ${state.isOffline}`] : []));
  expect(offline.slice(2)).toEqual(['processing false', 'processing true', 'processing true']);
  expect(flow.state.kind).toBe('success');
});

test('watching slows down, says so, and ends after a quarter of an hour', async () => {
  const { flow, api, states, connection } = await opened();
  api.created = [CREATED];
  api.looks = [payment({ status: 'processing' })];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state).toMatchObject({ kind: 'processing', isStalled: true });
  expect(states.some((state) => state.kind === 'processing' && state.isSlow && !state.isStalled)).toBe(true);
  expect(connection.nowMs).toBeGreaterThanOrEqual(15 * 60_000);
  expect(Math.max(...connection.pauses)).toBeLessThanOrEqual(5_500);
  expect(connection.pauses[0]).toBeLessThan(700);
});

test('a reload while processing goes on with the same payment', async () => {
  const bench = makeBench();
  bench.sessions.write(ORDER.id, { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'pcs_1' });
  bench.api.orders = [{ ...ORDER, status: 'attempted', payment_id: 'pay_1' }];
  bench.api.looks = [payment({ status: 'processing' }), PAID];
  await bench.flow.start();
  expect(bench.kinds()).toEqual(['loading', 'processing', 'success']);
  expect(bench.api.calls).toContain('look pay_1 pcs_1');
});

test('a reload after success tells it again, with the signature', async () => {
  const bench = makeBench();
  bench.sessions.write(ORDER.id, { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'pcs_1' });
  bench.api.orders = [{ ...ORDER, status: 'paid', payment_id: 'pay_1' }];
  bench.api.looks = [PAID];
  await bench.flow.start();
  expect(bench.outcomes).toEqual([['succeeded', 'pay_1', 'order_1', 'ab12']]);
});

test('a reload after a failure shows it, and does not tell it twice', async () => {
  const bench = makeBench();
  bench.sessions.write(ORDER.id, { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'pcs_1' });
  bench.api.looks = [DECLINED];
  await bench.flow.start();
  expect([bench.flow.state.kind, bench.outcomes]).toEqual(['failed', []]);
});

test('paid by a payment that this browser knows nothing of', async () => {
  const bench = makeBench();
  bench.api.orders = [{ ...ORDER, status: 'paid', payment_id: 'pay_other' }];
  await bench.flow.start();
  expect([bench.flow.state.kind, bench.outcomes]).toEqual(['paid', []]);
});

test('a session that the API no longer knows: the form', async () => {
  const bench = makeBench();
  bench.sessions.write(ORDER.id, { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'wrong' });
  bench.api.looks = [refusal(404, 'NOT_FOUND_ERROR')];
  await bench.flow.start();
  expect(bench.flow.state.kind).toBe('form');
});

test('result pages offer no form', async () => {
  expect((await opened({ isResultPage: true })).flow.state.kind).toBe('unpaid');
});

test('the one-time code: wrong, right, success', async () => {
  const { flow, api } = await opened();
  api.created = [{ ...ASKS, client_secret: 'pcs_1' }];
  await flow.pay(ORDER, DRAFT);
  expect(flow.state).toMatchObject({ kind: 'otp', attemptsLeft: 3, problem: null });
  api.codes = [refusal(400, 'BAD_REQUEST_ERROR', 'Incorrect code'), payment({ status: 'processing' })];
  api.looks = [payment({ next_action: { type: 'otp', attempts_left: 2 } }), PAID];
  await flow.authenticate(ORDER, 3, '000000');
  expect(flow.state).toMatchObject({ kind: 'otp', attemptsLeft: 2, problem: 'wrong' });
  await flow.authenticate(ORDER, 2, '123456');
  expect(flow.state.kind).toBe('success');
});

test('the last wrong code ends the payment', async () => {
  const { flow, api, outcomes } = await opened();
  api.created = [{ ...ASKS, client_secret: 'pcs_1' }];
  api.codes = [refusal(400, 'BAD_REQUEST_ERROR', 'Incorrect code')];
  api.looks = [DECLINED];
  await flow.pay(ORDER, DRAFT);
  await flow.authenticate(ORDER, 1, '000000');
  expect([flow.state.kind, outcomes.length]).toEqual(['failed', 1]);
});

test('a code that could not be checked costs no attempt', async () => {
  const { flow, api } = await opened();
  api.created = [{ ...ASKS, client_secret: 'pcs_1' }];
  api.codes = [LOST];
  await flow.pay(ORDER, DRAFT);
  await flow.authenticate(ORDER, 3, '123456');
  expect(flow.state).toMatchObject({ kind: 'otp', attemptsLeft: 3, problem: 'unreachable', isChecking: false });
});

test.each([
  ['cancelled', [DECLINED], [PAID], 'failed'],
  ['too late', [refusal(400, 'BAD_REQUEST_ERROR')], [PAID], 'success'],
])('cancel: %s', async (_, cancelled, looks, kind) => {
  const { flow, api } = await opened();
  api.created = [{ ...ASKS, client_secret: 'pcs_1' }];
  await flow.pay(ORDER, DRAFT);
  Object.assign(api, { cancelled, looks });
  await flow.cancel(ORDER);
  expect(flow.state.kind).toBe(kind);
});

test('what was left behind changes nothing', async () => {
  const { flow, api, connection } = await opened();
  api.created = [CREATED];
  api.looks = [payment(), PAID];
  connection.onPause = () => connection.pauses.length === 2 && flow.retry(ORDER);
  await flow.pay(ORDER, DRAFT);
  expect(flow.state.kind).toBe('form');
});

test.each([
  ['order_not_found', { kind: 'unknown', orderId: 'order_1' }],
  ['origin_not_allowed', { kind: 'refused', code: 'origin_not_allowed' }],
] as const)('refused by the server, %s: said without asking the API', async (refused, state) => {
  const { flow, api } = await opened({ refusal: refused });
  await flow.checkKey('key_1');
  expect([flow.state, api.calls]).toEqual([state, []]);
});

test.each([
  ['another merchant’s', false, 'refused'],
  ['its merchant’s', true, 'form'],
])('the key is %s', async (_, answer, kind) => {
  const { flow, api } = await opened();
  api.keys = [answer];
  await flow.checkKey('key_1');
  expect([flow.state.kind, api.calls.at(-1)]).toEqual([kind, 'key key_1']);
});

test('a key is checked before anything was sent, and never stops a payment', async () => {
  const { flow, api } = await opened();
  api.keys = [false];
  api.created = [CREATED];
  api.looks = [PAID];
  await flow.pay(ORDER, DRAFT);
  await flow.checkKey('key_1');
  expect(flow.state.kind).toBe('success');
});

/** A payment that its payer is to approve in an app, and `act` while it is waited for. */
async function whileWaiting(act: (bench: Bench) => unknown): Promise<Bench> {
  const bench = await opened();
  bench.api.created = [CREATED];
  bench.api.looks = [payment()];
  let acted: unknown;
  bench.connection.onPause = () => {
    if (bench.connection.pauses.length === 2) acted = act(bench);
  };
  await bench.flow.pay(ORDER, DRAFT);
  await acted;
  return bench;
}

test('another method instead of the UPI app: the payment is cancelled, the form is back', async () => {
  let isOver = false;
  const { flow, api, outcomes } = await whileWaiting(async (bench) => {
    bench.api.cancelled = [DECLINED];
    isOver = await bench.flow.cancel(ORDER, true);
  });
  expect([flow.state.kind, isOver, outcomes]).toEqual(['form', true, []]);
  await flow.pay(ORDER, { ...DRAFT, method: 'card' });
  expect(api.calls.filter((call) => call.startsWith('pay'))).toEqual(['pay key-1', 'pay key-2']);
});

test('too late for another method: said, and watched on to the same end', async () => {
  const { flow, states, connection } = await whileWaiting((bench) => {
    bench.api.cancelled = [refusal(400, 'BAD_REQUEST_ERROR', 'Payment can no longer be cancelled')];
    return bench.flow.cancel(ORDER, true);
  });
  await vi.waitFor(() => expect(flow.state).toMatchObject({ isStalled: true, isTooLate: true }));
  expect(states.some((state) => state.kind === 'processing' && state.isCancelling)).toBe(true);
  expect(connection.nowMs).toBeLessThan(15 * 60_000 + 10_000);
});

test('cancelling a UPI payment ends it, and is told', async () => {
  const { flow, outcomes } = await whileWaiting((bench) => {
    bench.api.cancelled = [DECLINED];
    return bench.flow.cancel(ORDER);
  });
  expect([flow.state.kind, outcomes.length]).toEqual(['failed', 1]);
});

test('the time of a success is the API’s, else now, else not known', async () => {
  const [fresh, reloaded] = [await opened(), makeBench()];
  fresh.api.created = [{ ...PAID, updated_at: '2030-01-02T03:04:05Z', client_secret: 'pcs_1' }];
  await fresh.flow.pay(ORDER, DRAFT);
  expect(fresh.flow.state).toMatchObject({ kind: 'success', paidAt: '2030-01-02T03:04:05Z' });
  reloaded.sessions.write(ORDER.id, { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'pcs_1' });
  reloaded.api.looks = [PAID];
  await reloaded.flow.start();
  expect(reloaded.flow.state).toMatchObject({ kind: 'success', paidAt: null });
});
