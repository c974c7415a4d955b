import { expect, test } from 'vitest';
import vectors from '../../rules.vectors.json';
import { isCardNumber, networkOf } from '../src/domain/card.ts';
import { emptyDraft, faultOf } from '../src/domain/draft.ts';
import { isExpired, parseExpiry } from '../src/domain/expiry.ts';

// The API's tests read the same vectors: what a page accepts and what the API accepts cannot drift apart.

test.each(vectors.cards)('card $number', ({ number, network, valid }) => {
  expect([networkOf(number), isCardNumber(number)]).toEqual([network, valid]);
});

test.each(vectors.expiries)('expiry $month/$year on $today', ({ month, year, today, valid }) => {
  const expiry = parseExpiry(`${month}/${year}`);
  expect(expiry !== null && !isExpired(expiry, new Date(today))).toBe(valid);
});

test.each(vectors.vpas)('VPA $text', ({ text, valid }) => {
  const hasEdges = text !== text.trim(); // the page trims what was typed
  expect(faultOf({ ...emptyDraft(), vpa: text }, 'vpa', new Date()) === undefined).toBe(valid || hasEdges);
});
