import { expect, test } from 'vitest';
import { formatAmount } from '../src/domain/money.ts';
import en from '../src/i18n/en.json';
import hi from '../src/i18n/hi.json';
import { makeWords } from '../src/ui/words.ts';

function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return (String(value).match(/\{\w+\}/g) ?? []).sort();
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]));
}

test('both languages have the same texts with the same places to fill', () => {
  expect(shape(hi)).toEqual(shape(en));
});

test('nothing was left in English', () => {
  const same = Object.entries(en).filter(([name, text]) => hi[name as keyof typeof hi] === text);
  expect(same.map(([name]) => name)).toEqual(['upi', 'cvv']);
});

test.each([
  [49_900, 'INR', '₹499.00'],
  [10_000_050, 'INR', '₹1,00,000.50'],
  [500, 'JPY', 'JP¥500'],
  [1_234, 'KWD', 'KWD 1.234'],
  [123_456, 'HUF', 'HUF 1,234.56'],
])('%i minor units of %s are %s', (amount, currency, shown) => {
  expect(formatAmount(amount, currency, 'en').replace(/\u00a0/g, ' ')).toBe(shown);
});

test('the API’s words are said in the payer’s language, unknown ones as they are', () => {
  const words = makeWords('hi', hi);
  expect(words.said('Payment was declined by the bank')).toBe(hi.said['Payment was declined by the bank']);
  expect(words.said('Something new')).toBe('Something new');
  expect(words.t('pay', { amount: '₹1' })).toContain('₹1');
});
