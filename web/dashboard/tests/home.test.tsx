import { act } from 'react';
import { expect, test, vi } from 'vitest';
import type { Queues, Summary } from '../src/api/types.ts';
import {
  click,
  FakeEventSource,
  find,
  findAll,
  get,
  json,
  named,
  openApp,
  refusal,
  SESSION,
  type,
  until,
} from './kit.tsx';

const SUMMARY: Summary = {
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-02T12:00:00Z',
  interval: 'day',
  time_zone: 'UTC',
  currency: 'INR',
  payments: 1_234,
  successful: 1_100,
  failed: 100,
  pending: 34,
  success_rate: 91.7,
  amounts: [
    { currency: 'USD', amount: 1_050 },
    { currency: 'INR', amount: 12_345_678 },
  ],
  refunded: [{ currency: 'INR', amount: 49_900 }],
  series: [
    { start: '2026-01-01T00:00:00Z', payments: 600, successful: 500, failed: 100, amount: 2_345_678 },
    { start: '2026-01-02T00:00:00Z', payments: 634, successful: 600, failed: 0, amount: 10_000_000 },
  ],
};
const NOTHING: Summary = {
  ...SUMMARY,
  payments: 0,
  successful: 0,
  failed: 0,
  pending: 0,
  success_rate: null,
  amounts: [],
  refunded: [],
  series: [],
};
const WORKER = { id: 'host-1', in_flight: 2, last_beat_seconds: 1.2, status: 'running' as const };
const QUEUES: Queues = {
  queues: [
    { name: 'payment-processing', depth: 1_200, due: 7, oldest_due_seconds: 400, in_flight: 2, workers: [WORKER] },
    { name: 'refund-processing', depth: 0, due: 0, oldest_due_seconds: null, in_flight: 0, workers: [] },
  ],
  failed_deliveries: 3,
  retrying_deliveries: 0,
  requires_review: 1,
};
const ANSWERS = { 'GET /api/v1/dashboard/summary': SUMMARY, 'GET /api/v1/dashboard/queues': QUEUES };
const ROLL = 'POST /api/v1/api-keys/key_test_abc123/roll';

const text = async (testId: string) => (await get(testId)).textContent;

test('totals stand in the main currency, the others beside', async () => {
  await openApp('/dashboard', ANSWERS);
  await get('volume-chart');
  expect(await text('total-transactions')).toBe('1,234');
  expect(await text('total-amount')).toBe('₹123,456.78');
  expect(await text('success-rate')).toBe('91.7%');
  expect(await text('total-refunded')).toBe('₹499.00');
  expect(await text('stats-container')).toContain('and $10.50');
});

test('without payments the page says what to do next', async () => {
  await openApp('/dashboard', { ...ANSWERS, 'GET /api/v1/dashboard/summary': NOTHING });
  expect((await get('no-payments')).querySelector('a')?.getAttribute('href')).toBe('/dashboard/docs');
  expect(await text('success-rate')).toBe('–');
  expect(await text('total-amount')).toBe('₹0.00');
  expect(find('volume-chart')).toBeNull();
});

test('charts carry the same numbers as a table', async () => {
  await openApp('/dashboard', ANSWERS);
  const rows = (chart: HTMLElement) =>
    [...chart.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows(await get('volume-chart'))).toEqual([
    ['1 Jan', '₹23,456.78'],
    ['2 Jan', '₹100,000.00'],
  ]);
  expect(rows(await get('success-chart'))).toEqual([
    ['1 Jan', '500', '100'],
    ['2 Jan', '600', '0'],
  ]);
  expect((await get('success-chart')).querySelectorAll('.bucket').length).toBe(2);
});

test('a key that no longer works is not offered to be rolled', async () => {
  const revoked = { key: SESSION.merchant.api_key, status: 'revoked' };
  const server = await openApp('/dashboard', { ...ANSWERS, 'GET /api/v1/api-keys': { data: [revoked] } });
  await until(() => find('api-credentials')?.textContent?.includes('revoked'));
  expect(find('roll-key-button')).toBeNull();
  expect((await named('Create a key')).getAttribute('href')).toBe('/dashboard/keys');
  expect(server.askedFor('GET /api/v1/api-keys')).toHaveLength(1);
});

test('an axis names no amount twice', async () => {
  const series = SUMMARY.series.map((bucket) => ({ ...bucket, amount: 0 }));
  await openApp('/dashboard', { ...ANSWERS, 'GET /api/v1/dashboard/summary': { ...SUMMARY, series } });
  const ticks = [...(await get('volume-chart')).querySelectorAll('.tick')].map((tick) => tick.textContent);
  expect(ticks).toEqual([expect.stringContaining('₹0')]);
});

test('the period is asked for, and stands in the address', async () => {
  const server = await openApp('/dashboard?days=7', ANSWERS);
  await get('volume-chart');
  const asked = () => server.askedFor('GET /api/v1/dashboard/summary').map(({ query }) => query.get('days'));
  expect(asked()).toEqual(['7']);
  await click((await get('period')).querySelector('input[value="90"]') as HTMLElement);
  await until(() => asked().includes('90') && !document.querySelector('.stale'));
  server.answers['GET /api/v1/dashboard/summary'] = () => new Promise<Response>(() => {});
  await click((await get('period')).querySelector('input[value="1"]') as HTMLElement);
  await until(() => asked().includes('1'));
  expect(find('stats-container')?.closest('.stale')).not.toBeNull(); // still those of the period before
});

test('an unknown period is the usual one', async () => {
  const server = await openApp('/dashboard?days=12', ANSWERS);
  await get('volume-chart');
  expect(server.askedFor('GET /api/v1/dashboard/summary')[0]?.query.get('days')).toBe('30');
});

test('queue health tells what waits, for how long, and who works', async () => {
  await openApp('/dashboard', ANSWERS);
  const [payments, refunds] = await until(() => findAll('queue-row').length === 2 && findAll('queue-row'));
  const cells = (row: HTMLElement | undefined) => [...(row?.children ?? [])].map((cell) => cell.textContent);
  expect(cells(payments)).toEqual(['Payments', '1,200', '7', '6 min', '2', '1 runningheard 1 s ago']);
  expect(cells(refunds)).toEqual(['Refunds', '0', '0', '–', '0', 'none running']);
  expect(await text('failed-deliveries')).toBe('3 failed deliveries');
  expect(await text('requires-review')).toBe('1 needs review');
  expect(find('requires-review')?.getAttribute('href')).toBe('/dashboard/transactions?requires_review=true');
  expect(find('retrying-deliveries')).toBeNull();
});

test('one part that fails leaves the others, and can be asked again', async () => {
  let isBroken = true;
  await openApp('/dashboard', {
    ...ANSWERS,
    'GET /api/v1/dashboard/summary': () => (isBroken ? refusal(400, 'BAD_REQUEST_ERROR', 'Not today') : SUMMARY),
  });
  expect((await get('error-note')).textContent).toContain('Not today.');
  expect(findAll('queue-row').length).toBe(2);
  isBroken = false;
  await click(await named('Try again'));
  await get('volume-chart');
});

test('the secret is masked; rolling the key shows the new one, once', async () => {
  const answers = {
    ...ANSWERS,
    [ROLL]: () => {
      answers['GET /api/v1/session'] = { ...SESSION, merchant: { ...SESSION.merchant, api_key: 'key_new' } };
      return json({ key: 'key_new', secret: 'secret_new' }, 201);
    },
  } as Record<string, object>;
  const server = await openApp('/dashboard', answers);
  server.answers['GET /api/v1/session'] = () => answers['GET /api/v1/session'] ?? SESSION;
  expect(await text('api-key')).toBe('key_test_abc123');
  expect(await text('api-secret')).toMatch(/^•+$/);
  await click(await get('roll-key-button'));
  await type(await get('roll-overlap'), '3600');
  await click(await get('roll-key-confirm'));
  expect(await text('new-api-secret')).toBe('secret_new');
  expect(server.askedFor(ROLL)[0]?.body).toEqual({ overlap_seconds: 3600 });
  await until(() => find('api-key')?.textContent === 'key_new');
  await click(await get('new-key-done'));
  expect(document.body.textContent).not.toContain('secret_new');
});

test('a roll that is refused says why, inside the dialog', async () => {
  await openApp('/dashboard', { ...ANSWERS, [ROLL]: refusal(400, 'BAD_REQUEST_ERROR', 'Too many keys') });
  await click(await get('roll-key-button'));
  await click(await get('roll-key-confirm'));
  const note = await until(() => find('roll-key-dialog')?.querySelector('[data-test-id="error-note"]'));
  expect(note.textContent).toContain('Too many keys.');
});

test('events bring new totals, gathered', async () => {
  const server = await openApp('/dashboard', ANSWERS);
  await get('volume-chart');
  server.answers['GET /api/v1/dashboard/summary'] = { ...SUMMARY, payments: 1_235 };
  const asked = () => server.askedFor('GET /api/v1/dashboard/summary').length;
  const before = asked();
  await FakeEventSource.last?.open();
  for (const type of ['payment.created', 'payment.pending', 'payment.success']) {
    await FakeEventSource.last?.emit('payment', { type, created_at: '2026-01-01T00:00:00Z', data: {} });
  }
  await until(() => find('total-transactions')?.textContent === '1,235');
  expect(asked()).toBe(before + 1);
});

test('new totals arrive on a slow line, too, though events never pause', async () => {
  const server = await openApp('/dashboard', ANSWERS);
  await get('volume-chart');
  server.answers['GET /api/v1/dashboard/summary'] = async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return { ...SUMMARY, payments: 1_235 };
  };
  const event = JSON.stringify({ type: 'payment.created', created_at: '2026-01-01T00:00:00Z', data: {} });
  await until(() => {
    FakeEventSource.last?.dispatchEvent(new MessageEvent('payment', { data: event }));
    return find('total-transactions')?.textContent === '1,235';
  });
});

test('names are text, whatever they hold', async () => {
  const name = '<img src=x onerror="window.hurt=1">';
  const alert = vi.fn();
  vi.stubGlobal('alert', alert);
  await openApp('/dashboard', {
    ...ANSWERS,
    'GET /api/v1/session': { ...SESSION, merchant: { ...SESSION.merchant, name, api_key: name } },
  });
  expect(await text('api-key')).toBe(name);
  expect(document.querySelector('img')).toBeNull();
});

test('what is pointed at is said in words', async () => {
  await openApp('/dashboard', ANSWERS);
  const chart = await get('success-chart');
  const second = chart.querySelectorAll('.bucket')[1] as Element;
  // React makes its pointerenter of the browser's pointerover.
  await act(async () => void second.dispatchEvent(new MouseEvent('pointerover', { bubbles: true })));
  expect(chart.querySelector('figcaption')?.textContent).toBe('Successful600Failed02 Jan');
});

test('an endpoint that fails is seen at its first failure', async () => {
  await openApp('/dashboard', { ...ANSWERS, 'GET /api/v1/dashboard/queues': { ...QUEUES, retrying_deliveries: 1 } });
  expect(await text('retrying-deliveries')).toBe('1 delivery is failing');
  expect(find('retrying-deliveries')?.getAttribute('href')).toBe('/dashboard/webhooks?status=pending');
});

test('days are those of the merchant, and their zone is named', async () => {
  const session = { ...SESSION, merchant: { ...SESSION.merchant, time_zone: 'Asia/Kolkata' } };
  const series = [{ ...SUMMARY.series[0], start: '2026-01-01T18:30:00Z' }];
  await openApp('/dashboard', {
    ...ANSWERS,
    'GET /api/v1/session': session,
    'GET /api/v1/dashboard/summary': { ...SUMMARY, time_zone: 'Asia/Kolkata', series },
  });
  expect((await get('volume-chart')).querySelector('tbody tr')?.textContent).toContain('2 Jan');
  expect(await text('time-zone')).toContain('Asia/Kolkata');
});
