import { expect, test } from 'vitest';
import { formatCardNumber, isCvv, networkOf } from '../src/domain/card.ts';

test.each([
  ['5105', 'mastercard'],
  ['34', 'amex'],
  ['', 'unknown'],
])('the beginning %s is %s', (number, network) => {
  expect(networkOf(number)).toBe(network);
});

test.each([
  ['4', '4'],
  ['41111', '4111 1'],
  ['4111-1111-1111-1111', '4111 1111 1111 1111'],
  ['4111abc1', '4111 1'],
  ['41111111111111111119999', '4111 1111 1111 1111 111'],
  ['378282246310005', '3782 822463 10005'],
  ['3782822', '3782 822'],
])('%s is shown as %s', (typed, shown) => {
  expect(formatCardNumber(typed)).toBe(shown);
});

test.each([
  ['123', 'visa', true],
  ['1234', 'visa', false],
  ['1234', 'amex', true],
  ['123', 'amex', false],
  ['123', 'unknown', true],
  ['1234', 'unknown', true],
  ['12', 'unknown', false],
  ['12a', 'visa', false],
] as const)('CVV %s of %s valid: %s', (cvv, network, valid) => {
  expect(isCvv(cvv, network)).toBe(valid);
});
