import { expect, test } from 'vitest';
import { formatAmount, matches, parseAmount, parseDate, queryOf } from '../src/pages/transactions/filters.ts';
import { remember, withLive } from '../src/pages/transactions/live-rows.ts';
import { formatMoney, parseMoney, setTimeZone } from '../src/ui/format.ts';
import { payment } from './payments-kit.ts';

const NONE = { q: '', status: '', method: '', from: '', to: '', amount_min: '', amount_max: '', requires_review: '' };
const page = (numbers: number[], nextCursor = '') => ({
  payments: numbers.map((n) => payment(n)),
  total: 100,
  nextCursor,
});
const told = (...numbers: number[]) =>
  remember(
    new Map(),
    numbers.map((n) => payment(n)),
  );
const ids = (numbers: number[]) => numbers.map((n) => payment(n).id);

test('what is heard comes in where its time puts it', () => {
  const { payments, total, arrived } = withLive(page([9, 7, 5], 'more'), told(8, 10, 4), {}, true);
  expect(payments.map(({ id }) => id)).toEqual(ids([10, 9, 8, 7, 5])); // 4 is on the next page
  expect(total).toBe(102);
  expect([...arrived].sort()).toEqual(ids([10, 8]).sort());
});

test('on the last page all that is older comes in too', () => {
  expect(withLive(page([9]), told(4), {}, true).payments.map(({ id }) => id)).toEqual(ids([9, 4]));
});

test('an answer that is older than what was heard does not take a row back', () => {
  const heard = remember(new Map(), [payment(9, { status: 'success' })]);
  expect(withLive(page([9]), heard, {}, true).payments[0]?.status).toBe('success');
  expect(remember(heard, [payment(9)]).get(payment(9).id)?.status).toBe('success');
});

test('a row keeps what events do not say', () => {
  const one = {
    ...page([]),
    payments: [payment(1, { status: 'processing', amount_refunded: 7, requires_review: true })],
  };
  const heard = remember(new Map(), [payment(1, { status: 'success' })]);
  expect(withLive(one, heard, {}, true).payments[0]).toMatchObject({ amount_refunded: 7, requires_review: true });
});

test.each([
  [{ status: 'pending,failed' }, true],
  [{ status: 'success' }, false],
  [{ method: 'card' }, false],
  [{ q: 'pay_aaaa' }, true],
  [{ q: 'order_aaaa' }, true],
  [{ q: 'pay_b' }, false],
  [{ q: 'user@paytm' }, true],
  [{ q: '499' }, true],
  [{ q: '500' }, false],
  [{ requires_review: 'true' }, false],
  [{ amount_min: '49900', amount_max: '49900' }, true],
  [{ amount_min: '49901' }, false],
  [{ amount_max: '49899' }, false],
  [{ created_from: '2026-01-15T10:30:01.000Z' }, true],
  [{ created_from: '2026-01-15T10:30:02.000Z' }, false],
  [{ created_to: '2026-01-15T10:30:01.000Z' }, false],
  [{ created_to: '2026-01-15T10:30:01.001Z' }, true],
])('%j lets a payment through: %s', (query, is) => {
  expect(matches(payment(1), query as never)).toBe(is);
});

test('what the API found by what a payment does not tell stays', () => {
  const query = { q: 'rfnd_1', requires_review: 'true' };
  expect(withLive(page([9]), told(10), query, true).payments.map(({ id }) => id)).toEqual(ids([9]));
});

test('both days of a range belong to it, in the merchant’s time zone', () => {
  setTimeZone('Asia/Kolkata');
  expect(queryOf({ ...NONE, from: '2026-03-01', to: '2026-03-31' })).toEqual({
    created_from: '2026-02-28T18:30:00.000Z',
    created_to: '2026-03-31T18:30:00.000Z',
  });
  setTimeZone('UTC');
  expect(queryOf({ ...NONE, from: 'yesterday' })).toEqual({});
});

test('a date that is still being typed is none', () => {
  expect(parseDate('0002-01-01')).toBeNull();
  expect(parseDate('2026-01-01')).toBe('2026-01-01');
  expect(parseDate('')).toBe('');
});

test.each([
  ['499', 49_900],
  ['499.5', 49_950],
  ['0.07', 7],
  ['1,00,000.29', 1_00_000_29],
  ['1,234,567', 1_234_567_00],
  ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ['90071992547409.92', null],
  ['499.999', null],
  ['4,99', null],
  ['1.234,50', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
])('the text %j is %s paise', (text, minor) => {
  expect(parseMoney(text, 'INR')).toBe(minor);
});

test('amounts have their currency’s own digits', () => {
  expect(parseMoney('500', 'JPY')).toBe(500);
  expect(parseMoney('500.5', 'JPY')).toBeNull();
  expect(parseMoney('1.234', 'KWD')).toBe(1234);
  expect(formatMoney(Number.MAX_SAFE_INTEGER, 'INR')).toBe('₹90,071,992,547,409.91');
});

test('an amount in the address is in minor units', () => {
  expect(parseAmount('10.5')).toBe('1050');
  expect(parseAmount(' ')).toBe('');
  expect(formatAmount('1050')).toBe('10.50');
  expect(formatAmount('x')).toBe('x');
});
