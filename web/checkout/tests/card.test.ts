import { expect, test } from 'vitest';
import { formatCardNumber, isCardNumber, isCvv, networkOf } from '../src/domain/card.ts';

test.each([
  ['4111 1111 1111 1111', 'visa'],
  ['5105', 'mastercard'],
  ['5500', 'mastercard'],
  ['5600', 'unknown'],
  ['34', 'amex'],
  ['37', 'amex'],
  ['60', 'rupay'],
  ['65', 'rupay'],
  ['81', 'rupay'],
  ['89', 'rupay'],
  ['80', 'unknown'],
  ['', 'unknown'],
])('%s is %s (contract, Rules)', (number, network) => {
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
  ['4111 1111 1111 1111', true],
  ['4111 1111 1111 1112', false],
  ['378282246310005', true],
  ['4222222222222', true],
  ['422222222222', false],
  ['0000 0000 0000', false],
  ['41111111111111111111', false],
])('%s valid: %s', (number, valid) => {
  expect(isCardNumber(number)).toBe(valid);
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
