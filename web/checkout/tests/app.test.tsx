import { render } from 'preact';
import { beforeEach, expect, test, vi } from 'vitest';
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

beforeEach(async () => {
  bench = makeBench();
  root = document.createElement('div');
  document.body.replaceChildren(root);
  const host = new TabHost({}, () => {});
  const onRetry = () => bench.flow.retry(ORDER);
  render(<App {...{ host, flow: bench.flow, words: makeWords('en', en), returnUrl: '', onRetry }} />, root);
  await bench.flow.start();
  await tick();
});

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

test('arrows switch the method', async () => {
  find('method-upi')?.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
  );
  await tick();
  expect(find('card-form')).not.toBeNull();
  expect(find('method-card')?.getAttribute('aria-selected')).toBe('true');
});
