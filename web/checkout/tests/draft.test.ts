import { expect, test } from 'vitest';
import {
  type Draft,
  emptyDraft,
  faultsOf,
  fitting,
  forgetting,
  type Known,
  methodsFor,
  paymentBody,
  prefilled,
} from '../src/domain/draft.ts';

const NOW = new Date('2030-06-15');
const CARD: Draft = {
  method: 'card',
  vpa: '',
  number: '4111 1111 1111 1111',
  expiry: '12 / 31',
  cvv: '123',
  holderName: ' Asha Rao ',
};

test('only the chosen method’s fields are looked at, in the form’s order', () => {
  expect(faultsOf(emptyDraft(), NOW)).toEqual({ vpa: 'vpaMissing' });
  const faults = faultsOf({ ...emptyDraft(), method: 'card' }, NOW);
  expect(Object.entries(faults)).toEqual([
    ['number', 'numberMissing'],
    ['expiry', 'expiryMissing'],
    ['cvv', 'cvvMissing'],
    ['holderName', 'holderNameMissing'],
  ]);
});

test.each([
  ['asha@okbank', undefined],
  ['a.b-c_d@bank1', undefined],
  ['  asha@bank  ', undefined],
  ['asha', 'vpaInvalid'],
  ['asha@', 'vpaInvalid'],
  ['asha@ok.bank', 'vpaInvalid'],
  ['as ha@bank', 'vpaInvalid'],
])('VPA %s: %s', (vpa, fault) => {
  expect(faultsOf({ ...emptyDraft(), vpa }, NOW).vpa).toBe(fault);
});

test.each([
  [{}, {}],
  [{ expiry: '05 / 30' }, { expiry: 'expiryPast' }],
  [{ expiry: '06 / 30' }, {}],
  [{ number: '4111 1111 1111 1112' }, { number: 'numberInvalid' }],
  [{ cvv: '12' }, { cvv: 'cvvInvalid' }],
  [{ holderName: '   ' }, { holderName: 'holderNameMissing' }],
])('a card with %j: %j', (changes, faults) => {
  expect(faultsOf({ ...CARD, ...changes }, NOW)).toEqual(faults);
});

test('the body is the API’s', () => {
  expect(paymentBody(CARD, 'order_1')).toEqual({
    order_id: 'order_1',
    method: 'card',
    card: { number: '4111111111111111', expiry_month: '12', expiry_year: '2031', cvv: '123', holder_name: 'Asha Rao' },
  });
});

test('what is known beforehand overwrites nothing that was typed', () => {
  const known = { method: 'card', vpa: 'known@bank', holderName: 'Known' } as const;
  expect(prefilled(emptyDraft(), known)).toMatchObject(known);
  expect(prefilled({ ...emptyDraft(), vpa: 'typed@bank' }, known)).toMatchObject({ method: 'upi', vpa: 'typed@bank' });
});

test('what a page says of its payer is text, or nothing', () => {
  const known = { vpa: null, holderName: { name: 'Asha' }, method: 'cash' } as unknown as Known;
  expect(prefilled(emptyDraft(), known)).toEqual(emptyDraft());
  expect(prefilled(emptyDraft(), { ...known, vpa: 98 } as unknown as Known)).toEqual(emptyDraft());
});

test('a CVV is forgotten once the payment was made, the card once it is paid', () => {
  expect(forgetting(CARD, false, true)).toEqual(CARD);
  expect(forgetting(CARD, false, false)).toEqual({ ...CARD, cvv: '' });
  expect(forgetting(CARD, true, false)).toEqual(emptyDraft());
});

test('UPI is offered for rupees only, and the method fits the currency', () => {
  expect([methodsFor('INR'), methodsFor('USD')]).toEqual([['upi', 'card'], ['card']]);
  expect(fitting(emptyDraft(), 'USD').method).toBe('card');
  expect(fitting(emptyDraft(), 'INR').method).toBe('upi');
  expect(fitting(CARD, 'INR')).toBe(CARD);
});

test('digits of other scripts reach the API as ASCII', () => {
  const typed = { ...CARD, number: '٤١١١ ١١١١ ١١١١ ١١١١', expiry: '१२ / ३१', cvv: '１２３' };
  expect(faultsOf(typed, NOW)).toEqual({});
  expect(paymentBody(typed, 'order_1')).toEqual(paymentBody(CARD, 'order_1'));
});
