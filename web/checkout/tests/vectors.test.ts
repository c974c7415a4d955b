import { expect, test } from 'vitest';
import vectors from '../../rules.vectors.json';
import { isCardNumber, isCvv, networkOf } from '../src/domain/card.ts';
import { asciiDigits } from '../src/domain/digits.ts';
import { emptyDraft, faultOf } from '../src/domain/draft.ts';
import { isExpired, parseExpiry } from '../src/domain/expiry.ts';

// The API's tests read the same vectors: what a page accepts and what the API accepts cannot drift apart.

test.each(vectors.cards)('card $number, CVV $cvv', ({ number, network, valid, cvv = '123' }) => {
  const found = networkOf(number);
  expect([found.name, isCardNumber(number) && isCvv(cvv, found)]).toEqual([network, valid]);
});

test.each(vectors.digits)('digits $text', ({ text, ascii }) => {
  expect(asciiDigits(text)).toBe(ascii);
});

test.each(vectors.expiries)('expiry $month/$year on $today', ({ month, year, today, valid }) => {
  const expiry = parseExpiry(`${month}/${year}`);
  expect(expiry !== null && !isExpired(expiry, new Date(today))).toBe(valid);
});

test.each(vectors.vpas)('VPA $text', ({ text, valid }) => {
  const hasEdges = text !== text.trim(); // the page trims what was typed
  expect(faultOf({ ...emptyDraft(), vpa: text }, 'vpa', new Date()) === undefined).toBe(valid || hasEdges);
});
