import { expect, test } from 'vitest';
import { card } from '../../rules.json';
import { formatCardNumber, isCvv, type Network, networkOf } from '../src/domain/card.ts';

test.each([
  ['5105', 'mastercard'],
  ['222', 'unknown'],
  ['2221', 'unknown'],
  ['222100', 'mastercard'],
  ['601', 'rupay'],
  ['6011', 'discover'],
  ['34', 'amex'],
  ['', 'unknown'],
])('the beginning %s is %s', (number, network) => {
  expect(networkOf(number).name).toBe(network);
});

test.each([
  ['4', '4'],
  ['41111', '4111 1'],
  ['4111-1111-1111-1111', '4111 1111 1111 1111'],
  ['4111abc1', '4111 1'],
  ['41111111111111111119999', '4111 1111 1111 1111 111'],
  ['378282246310005', '3782 822463 10005'],
  ['\u00a04111\u20131111.1111\u22121111', '4111 1111 1111 1111'],
  ['٤١١١١', '4111 1'],
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
  ['1234', 'unknown', false],
  ['12a', 'visa', false],
  ['१२३', 'visa', true],
])('CVV %s of %s valid: %s', (cvv, network, valid) => {
  const found = card.networks.find(({ name }) => name === network) as Network;
  expect(isCvv(cvv, found)).toBe(valid);
});
