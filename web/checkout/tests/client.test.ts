import { expect, test, vi } from 'vitest';
import { ApiError, makeRequest, Unreachable } from '../src/api/client.ts';
import { makeApi } from '../src/api/gateway.ts';

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  return vi.fn(async (_url: string, _init: RequestInit) => new Response(JSON.stringify(body), { status, headers }));
}

test('secrets and keys travel in headers, card data in the body, nothing in the address', async () => {
  const fetch = answering(200, {});
  const api = makeApi(makeRequest('https://api.example', fetch as unknown as typeof globalThis.fetch));
  await api.pay({ card: { number: '4111111111111111' } }, 'key-1');
  await api.payment({ id: 'pay_1', clientSecret: 'pcs_1' });
  await api.payment({ id: 'pay_1' });
  await api.authenticate({ id: 'pay_1', clientSecret: 'pcs_1' }, '123456');
  const [pay, details, status, code] = fetch.mock.calls;
  expect(fetch.mock.calls.map(([url]) => url)).toEqual([
    'https://api.example/api/v1/payments/public',
    'https://api.example/api/v1/payments/pay_1/checkout',
    'https://api.example/api/v1/payments/pay_1/public',
    'https://api.example/api/v1/payments/pay_1/authenticate',
  ]);
  expect(pay?.[1].headers).toMatchObject({ 'Idempotency-Key': 'key-1' });
  expect(details?.[1].headers).toEqual({ 'X-Client-Secret': 'pcs_1' });
  expect(status?.[1].headers).toEqual({});
  expect(code?.[1].body).toBe('{"otp":"123456"}');
});

test('an id cannot leave its place in the address', async () => {
  const fetch = answering(200, {});
  await makeApi(makeRequest('', fetch as unknown as typeof globalThis.fetch)).order('../x?y');
  expect(fetch.mock.calls[0]?.[0]).toBe('/api/v1/orders/..%2Fx%3Fy/public');
});

test('an error keeps what the API said', async () => {
  const body = { error: { code: 'RATE_LIMIT_ERROR', description: 'Too many requests', field: 'vpa' } };
  const request = makeRequest('', answering(429, body, { 'Retry-After': '7' }) as unknown as typeof globalThis.fetch);
  const error = await request('/').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 429,
    code: 'RATE_LIMIT_ERROR',
    field: 'vpa',
    retryAfterMs: 7_000,
    isPassing: true,
  });
});

test.each([
  [400, false],
  [404, false],
  [409, true],
  [422, false],
  [429, true],
  [500, true],
  [503, true],
])('%i may pass: %s', (status, passes) => {
  expect(new ApiError(status, '', '').isPassing).toBe(passes);
});

test('no answer, or one that is no JSON, is Unreachable', async () => {
  const failing = makeRequest('', vi.fn().mockRejectedValue(new TypeError('Failed to fetch')));
  await expect(failing('/')).rejects.toBeInstanceOf(Unreachable);
  const garbled = makeRequest(
    '',
    vi.fn(async () => new Response('<html>')),
  );
  await expect(garbled('/')).rejects.toBeInstanceOf(Unreachable);
});

test.each([
  [200, true],
  [404, false],
  [400, true],
  [503, true],
])('a key of which the API says %i is the merchant’s: %s', async (status, isOwn) => {
  const fetch = answering(status, {});
  const api = makeApi(makeRequest('', fetch as unknown as typeof globalThis.fetch));
  expect(await api.hasKey('order_1', 'key_a&b')).toBe(isOwn);
  expect(fetch.mock.calls[0]?.[0]).toBe('/api/v1/orders/order_1/public?key=key_a%26b');
});
