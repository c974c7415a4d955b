import { expect, test } from 'vitest';
import { formatAmount, regionOf } from '../src/domain/money.ts';
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
  [49_900, 'INR', 'en-IN', '₹499.00'],
  [10_000_050, 'INR', 'en-IN', '₹1,00,000.50'],
  [10_000_050, 'INR', 'hi-IN', '₹1,00,000.50'],
  [12_345_678, 'USD', 'en-US', '$123,456.78'],
  [12_345_678, 'USD', 'en-IN', '$1,23,456.78'],
  [5, 'USD', 'en-US', '$0.05'],
  [500, 'JPY', 'en-IN', 'JP¥500'],
  [1_234, 'KWD', 'en-IN', 'KWD 1.234'],
  [1_234, 'IQD', 'en-US', 'IQD 1.234'],
  [15_000_000, 'IDR', 'en-US', 'IDR 150,000.00'],
  [123_456, 'HUF', 'en-IN', 'HUF 1,234.56'],
  [9_007_199_254_740_991, 'INR', 'en-US', '₹90,071,992,547,409.91'],
])('%i minor units of %s in %s are %s', (amount, currency, region, shown) => {
  expect(formatAmount(amount, currency, region).replace(/\u00a0/g, ' ')).toBe(shown);
});

test.each([
  ['en', ['en-US', 'en'], 'en-US'],
  ['en', ['fr-FR', 'en-GB'], 'en-GB'],
  ['en', ['hi-IN', 'hi'], 'en-IN'],
  ['hi', ['en-US', 'hi'], 'hi'],
  ['hi', ['en-US'], 'hi-IN'],
  ['en', ['en-US@posix', 'eng'], 'en-IN'],
] as const)('%s read by %j groups digits as %s', (locale, languages, region) => {
  expect(regionOf(locale, languages)).toBe(region);
});

test('the API’s words are said in the payer’s language, unknown ones as they are', () => {
  const words = makeWords('hi', hi);
  expect(words.said('Payment was declined by the bank')).toBe(hi.said['Payment was declined by the bank']);
  expect(words.said('Something new')).toBe('Something new');
  expect(words.t('pay', { amount: '₹1' })).toContain('₹1');
});
