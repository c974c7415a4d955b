import { render } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Order } from '../src/api/gateway.ts';
import { TabHost } from '../src/embed/host.ts';
import en from '../src/i18n/en.json';
import { App } from '../src/ui/App.tsx';
import { makeWords } from '../src/ui/words.ts';
import { type Bench, makeBench, ORDER, payment, refusal } from './fake-api.ts';

let bench: Bench;
let root: HTMLElement;

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
const find = <Found extends HTMLElement = HTMLElement>(testId: string) =>
  root.querySelector<Found>(`[data-test-id="${testId}"]`);

async function type(testId: string, text: string): Promise<HTMLInputElement> {
  const input = find<HTMLInputElement>(testId) as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
  await tick();
  return input;
}

async function press(testId: string): Promise<void> {
  find(testId)?.click();
  await tick();
}

async function open(options?: Parameters<typeof makeBench>[0], order: Partial<Order> = {}): Promise<void> {
  bench = makeBench(options);
  bench.api.orders = [{ ...ORDER, ...order }];
  root = document.createElement('div');
  document.body.replaceChildren(root);
  const host = new TabHost({}, () => {});
  const onRetry = () => bench.flow.retry(ORDER);
  render(<App {...{ host, flow: bench.flow, words: makeWords('en', en), returnUrl: '', onRetry }} />, root);
  await bench.flow.start();
  await tick();
}

beforeEach(() => open());

test('the summary, the methods and the first form have the contract’s test ids', async () => {
  expect(find('order-amount')?.textContent).toBe('₹499.00');
  expect(find('order-id')?.textContent).toBe('order_1');
  expect(find('method-upi')?.dataset.method).toBe('upi');
  expect(find('method-card')?.dataset.method).toBe('card');
  expect(find('upi-form')).not.toBeNull();
  await press('method-card');
  expect([find('upi-form'), find('vpa-input')]).toEqual([null, null]);
  for (const id of [
    'card-form',
    'card-number-input',
    'expiry-input',
    'cvv-input',
    'cardholder-name-input',
    'pay-button',
  ]) {
    expect([id, find(id) !== null]).toEqual([id, true]);
  }
});

test('browsers are told what to fill in, phones which keyboard to show', async () => {
  await press('method-card');
  const hints = ['card-number-input', 'expiry-input', 'cvv-input', 'cardholder-name-input'].map((id) => {
    const input = find(id);
    return [input?.getAttribute('autocomplete'), input?.getAttribute('inputmode')];
  });
  expect(hints).toEqual([
    ['cc-number', 'numeric'],
    ['cc-exp', 'numeric'],
    ['cc-csc', 'numeric'],
    ['cc-name', null],
  ]);
});

test('what is typed is formatted and the network named', async () => {
  await press('method-card');
  expect((await type('card-number-input', '5555555555554444')).value).toBe('5555 5555 5555 4444');
  expect(find('card-network')?.textContent).toBe('Mastercard');
  expect((await type('expiry-input', '1239')).value).toBe('12 / 39');
  expect((await type('cvv-input', '12a345')).value).toBe('123');
});

test('faults are tied to their fields, the first one gets the focus, and mending clears', async () => {
  await press('method-card');
  await type('card-number-input', '4111 1111 1111 1112');
  await press('pay-button');
  const number = find<HTMLInputElement>('card-number-input') as HTMLInputElement;
  expect(document.activeElement).toBe(number);
  expect(number.getAttribute('aria-invalid')).toBe('true');
  const note = root.querySelector(`#${number.getAttribute('aria-describedby')}`);
  expect(note?.textContent).toBe(en.numberInvalid);
  expect(root.querySelectorAll('.fault')).toHaveLength(4);
  expect(bench.api.bodies).toEqual([]);
  await type('card-number-input', '4111 1111 1111 1111');
  expect(number.getAttribute('aria-invalid')).toBe('false');
});

test('no fault is shown before a field is left', async () => {
  const input = await type('vpa-input', 'ash');
  expect(root.querySelector('.fault')).toBeNull();
  input.dispatchEvent(new FocusEvent('blur'));
  await tick();
  expect(root.querySelector('.fault')?.textContent).toBe(en.vpaInvalid);
});

test('pay, fail, try again: the form is back with what is safe to keep', async () => {
  bench.api.created = [{ ...payment(), client_secret: 'pcs_1' }];
  bench.api.looks = [payment({ status: 'failed', error_description: 'Payment was declined by the bank' })];
  await press('method-card');
  await type('card-number-input', '4111111111111111');
  await type('expiry-input', '1239');
  await type('cvv-input', '123');
  await type('cardholder-name-input', 'Asha Rao');
  await press('pay-button');
  await vi.waitFor(() => expect(find('error-state')).not.toBeNull());
  expect(find('error-message')?.textContent).toBe(en.said['Payment was declined by the bank']);
  await press('retry-button');
  expect(find<HTMLInputElement>('card-number-input')?.value).toBe('4111 1111 1111 1111');
  expect(find<HTMLInputElement>('cvv-input')?.value).toBe('');
  expect(document.activeElement).toBe(find('method-card'));
});

test('success shows the payment’s id and has the focus', async () => {
  bench.api.created = [{ ...payment({ status: 'success' }), client_secret: 'pcs_1' }];
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(find('success-state')).not.toBeNull());
  expect(find('payment-id')?.textContent).toBe('pay_1');
  expect(document.activeElement).toBe(find('success-message'));
});

test('a refusal of a field is shown at it, until it is changed', async () => {
  bench.api.created = [refusal(400, 'INVALID_VPA', 'VPA format invalid')];
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(find('vpa-input')?.getAttribute('aria-invalid')).toBe('true'));
  expect(document.activeElement).toBe(find('vpa-input'));
  expect(root.querySelector('[role=alert]')).toBeNull();
  await type('vpa-input', 'asha@other');
  expect(find('vpa-input')?.getAttribute('aria-invalid')).toBe('false');
});

test('a refusal of the whole is an alert with the focus', async () => {
  bench.api.created = [refusal(400, 'BAD_REQUEST_ERROR', 'Too many attempts for this order')];
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(root.querySelector('[role=alert]')).not.toBeNull());
  expect(document.activeElement).toBe(root.querySelector('[role=alert]'));
});

test.each([
  ['card.number', 'INVALID_CARD', 'card-number-input', en.numberInvalid],
  ['card.cvv', 'INVALID_CARD', 'cvv-input', en.cvvInvalid],
  ['card.holder_name', 'INVALID_CARD', 'cardholder-name-input', en.holderNameInvalid],
  ['card.expiry_month', 'EXPIRED_CARD', 'expiry-input', en.expiryPast],
  ['card.expiry_year', 'EXPIRED_CARD', 'expiry-input', en.expiryPast],
])('a refusal of %s is shown at its field', async (field, code, testId, text) => {
  bench.api.created = [refusal(400, code, 'Said by the API', field)];
  await press('method-card');
  await type('card-number-input', '٤١١١ ١١١١ ١١١١ ١١١١');
  await type('expiry-input', '130');
  await type('cvv-input', '१२३');
  await type('cardholder-name-input', 'Asha Rao');
  vi.setSystemTime('2029-06-15');
  await press('pay-button');
  vi.useRealTimers();
  await vi.waitFor(() => expect(find(testId)?.getAttribute('aria-invalid')).toBe('true'));
  expect(root.querySelector(`#${find(testId)?.id}-note`)?.textContent).toBe(text);
  expect(root.querySelectorAll('[aria-invalid=true]')).toHaveLength(1);
  expect(bench.api.bodies[0]).toMatchObject({
    card: { number: '4111111111111111', expiry_month: '01', expiry_year: '2030', cvv: '123' },
  });
});

test('an order in another currency than rupees is paid by card, which is chosen already', async () => {
  await open({}, { currency: 'USD', amount: 12_345_678 });
  expect([find('method-upi'), find('upi-form')]).toEqual([null, null]);
  expect(find('card-form')).not.toBeNull();
});

test('who waits for the UPI app sees the time that is left, and can choose another method', async () => {
  bench.api.created = [{ ...payment(), client_secret: 'pcs_1' }];
  bench.api.looks = [payment()];
  bench.api.cancelled = [payment({ status: 'failed' })];
  let go = () => {};
  bench.connection.pause = () => new Promise((resolve) => (go = resolve));
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(find('countdown')?.textContent).toBe('Time left to approve: 15:00'));
  expect(find('cancel-payment-button')).not.toBeNull();
  await press('change-method-button');
  await vi.waitFor(() => expect(find('card-form')).not.toBeNull());
  go();
});

test('a card payment has no countdown and no other method', async () => {
  bench.api.created = [{ ...payment({ method: 'card' }), client_secret: 'pcs_1' }];
  bench.connection.pause = () => new Promise(() => {});
  bench.api.looks = [payment({ method: 'card' })];
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(root.querySelectorAll('.steps .done')).toHaveLength(1));
  expect([find('countdown'), find('change-method-button')]).toEqual([null, null]);
});

test('the success page is a receipt that can be printed', async () => {
  await open({}, { receipt: 'INV-42' });
  const card = { method: 'card', card_network: 'visa', card_last4: '1111' } as const;
  bench.api.created = [
    { ...payment({ ...card, status: 'success', updated_at: '2030-01-02T03:04:05Z' }), client_secret: 'pcs_1' },
  ];
  const print = vi.fn();
  vi.stubGlobal('print', print);
  await type('vpa-input', 'asha@bank');
  await press('pay-button');
  await vi.waitFor(() => expect(find('success-state')).not.toBeNull());
  expect(['receipt', 'paidWith'].map((id) => find(id)?.textContent)).toEqual(['INV-42', 'Visa •••• 1111']);
  expect(find('paidAt')?.textContent).toContain('2030');
  await press('print-button');
  expect(print).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});

test('a refusal of the site names its code', async () => {
  await open({ refusal: 'origin_not_allowed' });
  expect(find('error-state')?.textContent).toContain('origin_not_allowed');
  expect(find('order-summary')).toBeNull();
});

test('arrows switch the method', async () => {
  find('method-upi')?.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
  );
  await tick();
  expect(find('card-form')).not.toBeNull();
  expect(find('method-card')?.getAttribute('aria-selected')).toBe('true');
});
