import { expect, test } from 'vitest';
import { PaymentGatewayError } from '../src/errors.ts';
import { PaymentGateway } from '../src/gateway.ts';
import { checkoutUrl, type PaymentGatewayOptions } from '../src/options.ts';
import { BASE, OPTIONS } from './page.ts';

function codeOf(options: unknown): string | undefined {
  try {
    new PaymentGateway(options as PaymentGatewayOptions);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(PaymentGatewayError);
    return (error as PaymentGatewayError).code;
  }
}

test.each([
  ['missing_key', { ...OPTIONS, key: '' }],
  ['missing_key', undefined],
  ['missing_order_id', { ...OPTIONS, orderId: undefined }],
  ['secret_key_in_browser', { ...OPTIONS, key: 'secret_test_xyz789' }],
  ['secret_key_in_browser', { ...OPTIONS, key: 'whsec_test_abc123' }],
  ['invalid_key', { ...OPTIONS, key: 'pk_live_1' }],
  ['invalid_key', { ...OPTIONS, key: 'key_' }],
  ['missing_base_url', { ...OPTIONS, baseUrl: undefined }],
  [undefined, OPTIONS],
])('%s', (code, options) => {
  expect(codeOf(options)).toBe(code);
});

test('a secret is not repeated in the error', () => {
  try {
    new PaymentGateway({ ...OPTIONS, key: 'secret_test_xyz789' });
  } catch (error) {
    expect(String(error)).not.toContain('xyz789');
  }
  expect.assertions(1);
});

test('the modal shows the address of the contract', () => {
  expect(checkoutUrl(OPTIONS, BASE, true).href).toBe(`${BASE}checkout?order_id=order_Abc&embedded=true`);
});

test('theme and locale are in the address, so that the first paint is right', () => {
  const { searchParams } = checkoutUrl({ ...OPTIONS, theme: 'dark', locale: 'hi' }, BASE, true);
  expect([searchParams.get('theme'), searchParams.get('locale')]).toEqual(['dark', 'hi']);
});

test('what is known of a payer never stands in an address that servers see', () => {
  const options: PaymentGatewayOptions = {
    ...OPTIONS,
    prefill: { vpa: 'asha@bank' },
    returnUrl: 'https://shop.in/done',
  };
  expect(checkoutUrl(options, BASE, true).href).not.toContain('asha');
  const redirect = checkoutUrl(options, BASE, false);
  expect(redirect.search).not.toContain('asha');
  expect(redirect.hash).toBe('#vpa=asha%40bank');
  expect(redirect.searchParams.get('return_url')).toBe('https://shop.in/done');
  expect(redirect.searchParams.get('redirect')).toBe('true');
  expect(redirect.searchParams.get('key')).toBe(OPTIONS.key);
});

test('what is not known of a payer is not prefilled', () => {
  const prefill = { vpa: undefined, holderName: null } as unknown as PaymentGatewayOptions['prefill'];
  expect(checkoutUrl({ ...OPTIONS, prefill }, BASE, false).hash).toBe('');
});

test('an order id cannot add parameters', () => {
  expect(checkoutUrl({ ...OPTIONS, orderId: 'a&theme=dark' }, BASE, true).searchParams.get('theme')).toBeNull();
});
