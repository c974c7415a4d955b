import { expect, test } from 'vitest';
import { backOffMs } from '../src/flow/connection.ts';
import { makeSessions } from '../src/flow/sessions.ts';

test('a session comes back until it is removed', () => {
  const sessions = makeSessions(() => sessionStorage);
  const session = { idempotencyKey: 'k', paymentId: 'pay_1', clientSecret: 'pcs_1' };
  sessions.write('order_1', session);
  expect(sessions.read('order_1')).toEqual(session);
  expect(sessions.read('order_2')).toBeNull();
  sessions.remove('order_1');
  expect(sessions.read('order_1')).toBeNull();
});

test('a browser that denies storage, or holds rubbish, costs only the resuming', () => {
  const denied = makeSessions(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  expect(() => denied.write('order_1', { idempotencyKey: 'k' })).not.toThrow();
  expect(denied.read('order_1')).toBeNull();
  sessionStorage.setItem('checkout:order_3', '{');
  expect(makeSessions(() => sessionStorage).read('order_3')).toBeNull();
});

test('looks are further and further apart, up to five seconds and a bit', () => {
  const delays = Array.from({ length: 20 }, (_, look) => backOffMs(look, 0));
  expect(delays[0]).toBe(600);
  expect(delays).toEqual([...delays].sort((one, other) => one - other));
  expect(backOffMs(50, 1)).toBe(5_500);
});
