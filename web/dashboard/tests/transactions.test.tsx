import { expect, test } from 'vitest';
import { click, FakeEventSource, find, findAll, get, named, openApp, press, refusal, type, until } from './kit.tsx';
import { listed, payment, told } from './payments-kit.ts';

const LIST = 'GET /api/v1/payments';
const PATH = '/dashboard/transactions';

const shown = () => findAll('payment-id').map((cell) => cell.textContent);
const statuses = () => findAll('status').map((badge) => badge.textContent);

/** The list with `payments` in it, once the stream is open. */
async function openList(payments = [payment(2), payment(1)], path = PATH) {
  const server = await openApp(path, { [LIST]: () => listed(payments) });
  await until(() => findAll('transaction-row').length === payments.length);
  await FakeEventSource.last?.open();
  await until(() => server.askedFor(LIST).length === 2); // what happened before the stream opened
  return server;
}

test('a row says all of a payment that the contract names', async () => {
  await openList([payment(1, { amount: 1_23_456, status: 'failed' })]);
  const row = await get('transaction-row');
  expect(row.dataset.paymentId).toBe('pay_aaaaaaaaaaaaaaaa0001');
  expect((await get('payment-id')).textContent).toBe('pay_aaaaaaaaaaaaaaaa0001');
  expect((await get('order-id')).textContent).toBe('order_aaaaaaaaaaaaaaaa0001');
  expect((await get('amount')).textContent).toBe('₹1,234.56');
  expect((await get('method')).textContent).toBe('upi');
  expect((await get('status')).textContent).toBe('failed');
  expect((await get('created-at')).querySelector('time')?.dateTime).toBe('2026-01-15T10:30:01.000Z');
  expect(find('transactions-table')?.tagName).toBe('TABLE');
});

test('an event moves its row on, and never back', async () => {
  await openList();
  await FakeEventSource.last?.emit('payment', told(payment(1, { status: 'success' })));
  await until(() => statuses().join() === 'pending,success');
  await FakeEventSource.last?.emit('payment', told(payment(1, { status: 'pending' })));
  await FakeEventSource.last?.emit('payment', told(payment(2, { status: 'failed' })));
  await until(() => statuses().join() === 'failed,success');
});

test('a new payment appears at the top and is counted', async () => {
  await openList();
  await FakeEventSource.last?.emit('payment', told(payment(3)));
  await until(() => shown().length === 3);
  expect(shown()[0]).toBe(payment(3).id);
  expect(find('total')?.textContent).toBe('3');
});

test('a payment that a worker takes up turns processing, which no event tells', async () => {
  const server = await openList([payment(1, { status: 'success' })]);
  server.answers[LIST] = () => listed([payment(2, { status: 'processing' }), payment(1, { status: 'success' })]);
  await FakeEventSource.last?.emit('payment', told(payment(2)));
  await until(() => statuses().join() === 'processing,success');
});

test('a new payment that the filters do not let through does not appear', async () => {
  await openList([payment(1, { status: 'failed' })], `${PATH}?status=failed&amount_min=10000`);
  await FakeEventSource.last?.emit('payment', told(payment(2, { status: 'success' })));
  await FakeEventSource.last?.emit('payment', told(payment(3, { status: 'failed', amount: 9_999 })));
  await FakeEventSource.last?.emit('payment', told(payment(4, { status: 'failed' })));
  await until(() => shown().length === 2);
  expect(shown()).toEqual([payment(4).id, payment(1).id]);
});

test('a payment leaves a filter that it no longer matches', async () => {
  await openList([payment(2), payment(1)], `${PATH}?status=pending`);
  await FakeEventSource.last?.emit('payment', told(payment(1, { status: 'success' })));
  await until(() => shown().length === 1);
  expect(find('total')?.textContent).toBe('1');
});

test('nothing new appears on a later page', async () => {
  await openList([payment(2), payment(1)], `${PATH}?cursor=abc`);
  await FakeEventSource.last?.emit('payment', told(payment(3)));
  await FakeEventSource.last?.emit('payment', told(payment(1, { status: 'success' })));
  await until(() => statuses().join() === 'pending,success');
  expect(shown()).toEqual([payment(2).id, payment(1).id]);
});

test('without the stream the list is asked for again and again', async () => {
  const server = await openList();
  await FakeEventSource.last?.fail(true);
  server.answers[LIST] = () => listed([payment(3), payment(2), payment(1)]);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await until(() => shown().length === 3);
});

test('filters go to the address, to the API and to the export', async () => {
  const server = await openList();
  await type(await get('status-filter'), 'failed');
  await type(await get('amount-min-filter'), '1,000.50');
  await press('Enter', await get('amount-min-filter'));
  await type(await get('from-filter'), '2026-01-02');
  await press('Enter', await get('from-filter'));
  const asked = await until(() => server.askedFor(LIST).find(({ query }) => query.has('created_from')));
  expect(asked.query.get('status')).toBe('failed');
  expect(asked.query.get('amount_min')).toBe('100050');
  expect(asked.query.get('created_from')).toBe('2026-01-02T00:00:00.000Z');
  const file = new URL((await get('export-link')).getAttribute('href') ?? '', 'http://localhost');
  expect(file.pathname).toBe('/api/v1/payments/export');
  expect(file.searchParams.get('amount_min')).toBe('100050');
  expect(file.searchParams.has('limit')).toBe(false);
  await click(await get('clear-filters'));
  await until(() => find('clear-filters') === null);
  expect((await get('amount-min-filter')).getAttribute('value')).toBe('');
});

test('until other filters are answered the rows before stand there, faded', async () => {
  const server = await openList([payment(2), payment(1)]);
  server.answers[LIST] = () => new Promise<Response>(() => {});
  await type(await get('status-filter'), 'failed');
  await until(() => server.askedFor(LIST).some(({ query }) => query.get('status') === 'failed'));
  expect(find('no-matches')).toBeNull();
  expect(shown()).toEqual([payment(2).id, payment(1).id]);
  expect(document.querySelector('.table.stale')).not.toBeNull();
});

test('what is no amount is said at the field and not asked for', async () => {
  const server = await openList();
  const field = await get('amount-min-filter');
  await type(field, '4,99');
  await press('Enter', field);
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(server.askedFor(LIST).some(({ query }) => query.has('amount_min'))).toBe(false);
});

test('a filter that the API refuses is said at its field', async () => {
  const text = 'status must be one of pending, processing, success, failed';
  await openApp(`${PATH}?status=paid`, { [LIST]: refusal(400, 'BAD_REQUEST_ERROR', text, 'status') });
  await get('error-note');
  const field = await get('status-filter');
  expect((field as HTMLSelectElement).value).toBe('paid');
  expect(field.getAttribute('aria-invalid')).toBe('true');
});

test('pages follow the cursors of the API, there and back', async () => {
  const pages: Record<string, Response> = {
    '': listed([payment(3)], 3, 'one'),
    one: listed([payment(2)], 3, 'two'),
    two: listed([payment(1)], 3),
  };
  await openApp(PATH, { [LIST]: ({ query }) => pages[query.get('cursor') ?? ''] ?? 500 });
  const at = (n: number) => until(() => shown().join() === payment(n).id && !document.querySelector('.stale'));
  await at(3);
  await click(await get('next-page'));
  await at(2);
  await click(await get('next-page'));
  await at(1);
  expect((await get('next-page')).hasAttribute('disabled')).toBe(true);
  await click(await get('previous-page'));
  await at(2);
  await click(await get('previous-page'));
  await at(3);
  expect((await get('previous-page')).hasAttribute('disabled')).toBe(true);
});

test('the way back from a payment leads to its page of the list', async () => {
  const pages: Record<string, Response> = { '': listed([payment(2)], 2, 'one'), one: listed([payment(1)], 2) };
  await openApp(PATH, { [LIST]: ({ query }) => pages[query.get('cursor') ?? ''] ?? 500 });
  await click(await get('next-page'));
  const secondPage = () => until(() => document.querySelector('.pager')?.textContent?.includes('page 2'));
  await secondPage();
  await click(document.querySelector('.row-link') as HTMLElement);
  await click(await named('Transactions', '.back'));
  await secondPage();
});

test('before the first payment the way to it is shown, with the own key', async () => {
  await openApp(PATH, { [LIST]: () => listed([]) });
  expect((await get('first-payment')).textContent).toContain('key_test_abc123');
});

test('filters that let nothing through can be cleared', async () => {
  await openApp(`${PATH}?q=pay_zzz`, { [LIST]: ({ query }) => listed(query.has('q') ? [] : [payment(1)]) });
  await get('no-matches');
  await click(await named('Clear filters'));
  await until(() => shown().length === 1);
});

test('a list that was empty under other filters is not called empty before it has answered', async () => {
  const server = await openApp(`${PATH}?q=pay_zzz`, { [LIST]: () => listed([]) });
  await get('no-matches');
  server.answers[LIST] = () => new Promise<Response>(() => {});
  await click(await named('Clear filters'));
  await until(() => server.askedFor(LIST).some(({ query }) => !query.has('q')));
  expect(find('first-payment')).toBeNull();
  expect(find('transactions-table')?.querySelector('.skeleton')).not.toBeNull();
});

test('j and k go through the rows', async () => {
  await openList();
  await press('j');
  expect(document.activeElement?.textContent).toBe(payment(2).id);
  await press('j', document.activeElement ?? document.body);
  expect(document.activeElement?.textContent).toBe(payment(1).id);
  await press('k', document.activeElement ?? document.body);
  expect(document.activeElement?.textContent).toBe(payment(2).id);
});

test('payments that need review are a choice among the statuses, and a link', async () => {
  const server = await openApp('/dashboard/transactions?requires_review=true', { [LIST]: listed([payment(1)]) });
  expect(((await get('status-filter')) as HTMLSelectElement).value).toBe('review');
  await until(() => server.askedFor(LIST)[0]?.query.get('requires_review') === 'true');
  await type(await get('status-filter'), 'failed');
  const asked = await until(() => server.askedFor(LIST).find(({ query }) => query.get('status') === 'failed'));
  expect(asked.query.has('requires_review')).toBe(false);
});

test('the first filter moves nothing: the button to clear filters has its place before', async () => {
  await openApp('/dashboard/transactions', { [LIST]: listed([payment(1)]) });
  const clear = await until(() =>
    [...document.querySelectorAll('button')].find((each) => each.textContent === 'Clear'),
  );
  expect(clear.disabled && clear.classList.contains('absent')).toBe(true);
  await type(await get('status-filter'), 'failed');
  await until(() => find('clear-filters') === clear);
});

test('the receipt is a column', async () => {
  await openApp('/dashboard/transactions', { [LIST]: listed([payment(1, { receipt: 'R-1' })]) });
  expect((await get('receipt')).textContent).toBe('R-1');
});
