import { expect, test } from 'vitest';
import type { Refund, TimelineEntry } from '../src/api/payments.ts';
import { stepsOf } from '../src/pages/payment/steps.ts';
import { nextAskMs } from '../src/pages/payment/use-live-timeline.ts';
import { click, FakeEventSource, find, findAll, get, json, openApp, refusal, type, until } from './kit.tsx';
import { PAYMENT, timeline, told } from './payments-kit.ts';

const PATH = `/dashboard/transactions/${PAYMENT.id}`;
const TIMELINE = `GET /api/v1/payments/${PAYMENT.id}/timeline`;
const CAPTURE = `POST /api/v1/payments/${PAYMENT.id}/capture`;
const REFUND = `POST /api/v1/payments/${PAYMENT.id}/refunds`;

const refund: Refund = {
  id: 'rfnd_aaaaaaaaaaaaaaaa0001',
  entity: 'refund',
  payment_id: PAYMENT.id,
  amount: 10_000,
  currency: 'INR',
  reason: '<b>broken</b>',
  status: 'processed',
  created_at: '2026-01-15T10:40:00.000Z',
  processed_at: '2026-01-15T10:40:04.000Z',
  requires_review: false,
  error_code: null,
  error_description: null,
};
const told_of = { at: '2026-01-15T10:30:00.000Z', kind: 'event', subject_id: PAYMENT.id } as const;
const delivery = { delivery_id: '0b0f7f3e-3c9e-4a67-9a2b-000000000001', delivery_status: 'pending' } as const;
const ENTRIES: TimelineEntry[] = [
  { ...told_of, event: 'payment.created' },
  { ...told_of, ...delivery, event: 'payment.success', next_retry_at: '2030-01-01T00:00:00.000Z' },
  {
    ...told_of,
    ...delivery,
    kind: 'attempt',
    event: 'payment.success',
    attempt: 1,
    response_code: 500,
    duration_ms: 12,
  },
  { ...told_of, event: 'refund.created', subject_id: refund.id },
];

test('the timeline goes from the order over events and attempts to refunds', async () => {
  await openApp(PATH, { [TIMELINE]: timeline({ amount_refunded: 10_000 }, { entries: ENTRIES, refunds: [refund] }) });
  await get('timeline');
  expect(findAll('timeline-step').map(({ dataset }) => dataset.event)).toEqual([
    'order',
    'payment.created',
    'payment.success',
    'refund.created',
  ]);
  expect((await get('timeline-attempt')).textContent).toContain('HTTP 500');
  expect((await get('delivery-link')).getAttribute('href')).toBe(`/dashboard/webhooks/${delivery.delivery_id}`);
  expect(findAll('timeline-step').at(-1)?.textContent).toContain('₹100.00');
  expect((await get('refund-reason')).textContent).toBe('<b>broken</b>');
  expect((await get('notes')).textContent).toBe('shopTea & more');
  expect((await get('receipt')).textContent).toBe('receipt-1');
});

test('an attempt whose event was left out stands by itself', () => {
  const entries = ENTRIES.slice(2, 3);
  const steps = stepsOf(timeline({}, { entries }));
  expect(steps.map(({ event, delivery: made }) => [event, made?.attempts.length])).toEqual([
    ['', undefined],
    ['payment.success', 1],
  ]);
});

test('an event about the payment or its refund brings the page up to date', async () => {
  const server = await openApp(PATH, { [TIMELINE]: timeline({ status: 'pending' }) });
  await until(() => find('status')?.textContent === 'pending');
  server.answers[TIMELINE] = timeline();
  await FakeEventSource.last?.open();
  await until(() => find('status')?.textContent === 'success'); // asked again once the stream is open
  server.answers[TIMELINE] = timeline({ amount_refunded: 10_000 }, { refunds: [refund] });
  await FakeEventSource.last?.emit('payment', told({ ...PAYMENT, id: 'pay_another', status: 'success' }));
  await FakeEventSource.last?.emit('refund', { ...told(PAYMENT), data: { refund: { payment_id: PAYMENT.id } } });
  await get('refund');
});

test('it asks soon again while something is under way, and within seconds for what no event tells', () => {
  const nowMs = Date.parse('2026-01-15T10:30:10.000Z');
  const pending = timeline({ status: 'processing' });
  expect(nextAskMs(pending, nowMs)).toBe(2_000);
  expect(nextAskMs(pending, nowMs + 600_000)).toBe(5_000);
  expect(nextAskMs(timeline(), nowMs)).toBe(5_000);
  const retry = { ...told_of, ...delivery, event: 'payment.success', next_retry_at: '2026-01-15T10:30:13.000Z' };
  expect(nextAskMs(timeline({}, { entries: [retry] }), nowMs)).toBe(3_500);
});

test('all of a payment is captured, once', async () => {
  const server = await openApp(PATH, { [TIMELINE]: timeline(), [CAPTURE]: { ...PAYMENT, captured: true } });
  await click(await get('capture-button'));
  expect((await get('capture-dialog')).textContent).toContain('₹499.00');
  server.answers[TIMELINE] = timeline({ captured: true });
  await click(await get('confirm-button'));
  await until(() => find('captured')?.textContent === 'Yes' && !find('capture-dialog'));
  const [asked] = server.askedFor(CAPTURE);
  expect(asked?.body).toEqual({ amount: 49_900 });
  expect(asked?.headers.get('Idempotency-Key')).toMatch(/^dashboard-[0-9a-f]{32}$/);
  expect(find('capture-button')).toBeNull();
});

test('a refused capture says why in its dialog', async () => {
  const no = refusal(400, 'BAD_REQUEST_ERROR', 'Payment not in capturable state');
  await openApp(PATH, { [TIMELINE]: timeline(), [CAPTURE]: no });
  await click(await get('capture-button'));
  await click(await get('confirm-button'));
  expect((await get('error-note')).textContent).toContain('Payment not in capturable state.');
  expect(find('capture-dialog')).not.toBeNull();
});

async function openRefund(answer: Response | object) {
  const server = await openApp(PATH, { [TIMELINE]: timeline({ amount_refunded: 10_000 }), [REFUND]: answer });
  await click(await get('refund-button'));
  return server;
}

async function send() {
  await click(await get('confirm-refund-button'));
}

test('a part is refunded, to the paisa, with its reason', async () => {
  const server = await openRefund(json({ ...refund, amount: 29 }, 201));
  const amount = (await get('refund-amount-input')) as HTMLInputElement;
  expect(amount.value).toBe('399.00'); // what is left
  await type(amount, '0.29');
  await type(await get('refund-reason-input'), '  torn  ');
  await send();
  await until(() => !find('refund-dialog'));
  expect(server.askedFor(REFUND)[0]?.body).toEqual({ amount: 29, reason: 'torn' });
  expect(find('toasts')?.textContent).toContain('Refund of ₹0.29 created');
});

test('1500 of a currency with two decimals by ISO 4217 are 150000 minor units', async () => {
  const forint = timeline({ amount: 1_500_000, currency: 'HUF' });
  const server = await openApp(PATH, { [TIMELINE]: forint, [REFUND]: json({ ...refund, amount: 150_000 }, 201) });
  await click(await get('refund-button'));
  await type(await get('refund-amount-input'), '1500');
  await send();
  await until(() => !find('refund-dialog'));
  expect(server.askedFor(REFUND)[0]?.body).toEqual({ amount: 150_000 });
});

test('what the API says about the amount stands at the amount, and its key stays', async () => {
  const no = refusal(400, 'BAD_REQUEST_ERROR', 'Refund amount exceeds available amount', 'amount');
  const server = await openRefund(no);
  await send();
  await until(() => document.querySelector('.note.fault'));
  const amount = await get('refund-amount-input');
  expect(document.getElementById(amount.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'Refund amount exceeds available amount.',
  );
  expect(find('error-note')).toBeNull();
  await send();
  await until(() => server.askedFor(REFUND).length === 2);
  const keys = server.askedFor(REFUND).map(({ headers }) => headers.get('Idempotency-Key'));
  expect(keys[0]).toBe(keys[1]);
});

test('what it says about nothing in particular stands in the dialog', async () => {
  await openRefund(refusal(400, 'BAD_REQUEST_ERROR', 'Payment not in refundable state'));
  await send();
  expect((await get('error-note')).textContent).toContain('Payment not in refundable state.');
});

test('a refund that an earlier request created is reported', async () => {
  await openRefund(refusal(422, 'IDEMPOTENCY_KEY_REUSED', 'This key was used with another body'));
  await send();
  expect((await get('error-note')).textContent).toContain('has created a refund');
});

test('another opening is another refund', async () => {
  const server = await openRefund(json(refund, 201));
  await send();
  await until(() => !find('refund-dialog'));
  await click(await get('refund-button'));
  await send();
  await until(() => server.askedFor(REFUND).length === 2);
  const keys = server.askedFor(REFUND).map(({ headers }) => headers.get('Idempotency-Key'));
  expect(keys[0]).not.toBe(keys[1]);
});

test.each(['', '0', '4,99', '1.001', 'all'])('the amount %j is not sent', async (text) => {
  const server = await openRefund(json(refund, 201));
  await type(await get('refund-amount-input'), text);
  await send();
  expect((await get('refund-amount-input')).getAttribute('aria-invalid')).toBe('true');
  expect(server.askedFor(REFUND)).toEqual([]);
});

test.each([
  [{ status: 'pending' as const }, [false, false]],
  [{ status: 'failed' as const }, [false, false]],
  [{ captured: true }, [false, true]],
  [{ amount_refunded: 49_900 }, [true, false]],
])('%j can be captured and refunded: %j', async (fields, can) => {
  await openApp(PATH, { [TIMELINE]: timeline(fields) });
  await get('timeline');
  expect([!!find('capture-button'), !!find('refund-button')]).toEqual(can);
});

test('a payment that a person is to look at is explained', async () => {
  await openApp(PATH, { [TIMELINE]: timeline({ status: 'processing', requires_review: true }) });
  expect((await get('review-note')).textContent).toContain('do not ship');
});

test('a failed payment says why', async () => {
  const why = { error_code: 'PAYMENT_FAILED', error_description: 'Payment was declined by the bank' };
  await openApp(PATH, { [TIMELINE]: timeline({ status: 'failed', ...why }) });
  expect((await get('payment-error')).textContent).toBe('Payment was declined by the bank PAYMENT_FAILED');
});

test('a payment that is not there is said not to be', async () => {
  await openApp('/dashboard/transactions/pay_x', {});
  expect((await get('not-found')).textContent).toContain('pay_x');
});
