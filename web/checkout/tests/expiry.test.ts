import { expect, test } from 'vitest';
import { formatExpiry, isExpired, parseExpiry } from '../src/domain/expiry.ts';

test.each([
  ['1', '1'],
  ['13', '01 / 3'],
  ['130', '01 / 30'],
  ['1.30', '01 / 30'],
  ['1-30', '01 / 30'],
  ['12\u00a0–\u00a030', '12 / 30'],
  ['१२३०', '12 / 30'],
  ['١٢/٣٠', '12 / 30'],
  ['００３０', '00 / 30'],
  ['5', '05 / '],
  ['12', '12 / '],
  ['123', '12 / 3'],
  ['1234', '12 / 34'],
  ['1/29', '01 / 29'],
  ['12/2030', '12 / 30'],
  ['12/203', '12 / 203'],
  ['2030-07', '07 / 30'],
  ['12345', '12 / 34'],
  ['', ''],
])('%s typed or filled in is shown as %s', (typed, shown) => {
  expect(formatExpiry(typed)).toBe(shown);
});

test.each([
  ['12 / ', '12'],
  ['12', '12'],
  ['12 / 3', '12 / 3'],
  ['', ''],
])('deleting down to "%s" leaves "%s"', (left, shown) => {
  expect(formatExpiry(left, true)).toBe(shown);
});

test.each([
  ['1230', '12 / 30'],
  ['122030', '12 / 30'],
  ['12/30', '12 / 30'],
  ['130', '01 / 30'],
  ['१३०', '01 / 30'],
])('typing %s key by key arrives at %s', (keys, shown) => {
  expect([...keys].reduce((before, key) => formatExpiry(before + key), '')).toBe(shown);
});

test.each([
  ['12 / 30', { month: 12, year: 2030 }],
  ['07 / 2031', { month: 7, year: 2031 }],
  ['13 / 30', null],
  ['00 / 30', null],
  ['12 / 3', null],
  ['12', null],
])('%s is %j', (text, expiry) => {
  expect(parseExpiry(text)).toEqual(expiry);
});

test.each([
  ['2030-11-30T23:59:59', false],
  ['2030-12-31T23:59:59', false],
  ['2031-01-01T00:00:00', true],
])('a card of 12/30 at %s expired: %s', (now, expired) => {
  expect(isExpired({ month: 12, year: 2030 }, new Date(now))).toBe(expired);
});
