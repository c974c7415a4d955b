import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { frame, gatewayWith, modal, say, shakeHands, watchFrame } from './page.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  document.body.replaceChildren();
  document.adoptedStyleSheets = [];
  vi.useRealTimers();
});

test('the DOM is the contract’s', () => {
  gatewayWith().gateway.open();
  const path =
    'div#payment-gateway-modal[data-test-id=payment-modal] > .modal-overlay > .modal-content >' +
    ' iframe[data-test-id=payment-iframe] + button.close-button[data-test-id=close-modal-button]';
  expect(document.querySelectorAll(path)).toHaveLength(1);
  expect(frame().getAttribute('sandbox')).toBe('allow-scripts allow-same-origin allow-forms');
  expect(document.querySelector('style, [style*=display]')).toBeNull();
});

test('a success closes the modal, then tells', () => {
  const { gateway, onSuccess, onClose } = gatewayWith();
  onSuccess.mockImplementation(() => expect(modal()).toBeNull());
  gateway.open();
  const { nonce } = shakeHands();
  say({ type: 'payment_success', paymentId: 'pay_1', orderId: 'order_Abc', signature: 'ab', nonce });
  expect(onSuccess).toHaveBeenCalledExactlyOnceWith({ paymentId: 'pay_1', orderId: 'order_Abc', signature: 'ab' });
  expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'success' });
  expect(gateway.isOpen).toBe(false);
});

test('a failure is told and the modal stays', () => {
  const { gateway, onFailure } = gatewayWith();
  gateway.open();
  const { nonce } = shakeHands();
  say({ type: 'payment_failed', paymentId: 'pay_1', orderId: 'order_Abc', description: 'Declined', nonce });
  expect(onFailure.mock.calls[0]?.[0]).toMatchObject({
    code: 'payment_failed',
    description: 'Declined',
    paymentId: 'pay_1',
    orderId: 'order_Abc',
  });
  expect(gateway.isOpen).toBe(true);
});

test('one modal on a page', () => {
  const [first, second] = [gatewayWith().gateway, gatewayWith().gateway];
  first.open();
  expect(() => first.open()).toThrow(expect.objectContaining({ code: 'already_open' }));
  expect(() => second.open()).toThrow(expect.objectContaining({ code: 'already_open' }));
  first.close();
  second.open();
  expect(second.isOpen).toBe(true);
});

test('nothing from the checkout within the time: load_timeout', () => {
  const { gateway, onFailure, onClose } = gatewayWith({ loadTimeoutMs: 4_000 });
  gateway.open();
  vi.advanceTimersByTime(3_999);
  expect(onFailure).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onFailure.mock.calls[0]?.[0]).toMatchObject({ code: 'load_timeout' });
  expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'error' });
  expect(modal()).toBeNull();
});

test('a frame that has loaded and says nothing was blocked', () => {
  const { gateway, onFailure } = gatewayWith();
  gateway.open();
  frame().dispatchEvent(new Event('load'));
  vi.advanceTimersByTime(3_000);
  expect(onFailure.mock.calls[0]?.[0]).toMatchObject({ code: 'load_timeout' });
});

test('once ready, no time-out', () => {
  const { gateway, onReady, onFailure } = gatewayWith();
  gateway.open();
  shakeHands();
  frame().dispatchEvent(new Event('load'));
  vi.advanceTimersByTime(60_000);
  expect(onReady).toHaveBeenCalledOnce();
  expect(onFailure).not.toHaveBeenCalled();
  expect(modal()?.className).toBe('ready');
});

test('closing while paying asks, and an answer keeps it open', () => {
  const { gateway, onClose } = gatewayWith();
  gateway.open();
  const { nonce, posted } = shakeHands();
  say({ type: 'state', paying: true, nonce });
  gateway.close();
  expect(posted.at(-1)?.[0]).toEqual({ type: 'close_request', nonce });
  say({ type: 'state', paying: true, nonce });
  vi.advanceTimersByTime(60_000);
  expect(gateway.isOpen).toBe(true);
  say({ type: 'close_modal', nonce });
  expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'dismissed' });
});

test('a checkout that does not answer is closed', () => {
  const { gateway } = gatewayWith();
  gateway.open();
  const { nonce } = shakeHands();
  say({ type: 'state', paying: true, nonce });
  gateway.close();
  vi.advanceTimersByTime(2_000);
  expect(gateway.isOpen).toBe(false);
});

test('the button and Escape dismiss', () => {
  const { gateway, onClose } = gatewayWith();
  gateway.open();
  document.querySelector<HTMLElement>('.close-button')?.click();
  gateway.open();
  document.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }));
  expect(onClose.mock.calls).toEqual([[{ reason: 'dismissed' }], [{ reason: 'dismissed' }]]);
});

test('destroy is silent and final', () => {
  const { gateway, onClose } = gatewayWith();
  gateway.open();
  gateway.destroy();
  expect(modal()).toBeNull();
  expect(document.adoptedStyleSheets).toHaveLength(0);
  expect(onClose).not.toHaveBeenCalled();
  expect(() => gateway.open()).toThrow(expect.objectContaining({ code: 'destroyed' }));
});

test('a merchant’s mistake in a callback is reported and stops nothing', () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const mistake = new Error('theirs');
  const { gateway, onSuccess, onClose } = gatewayWith();
  onSuccess.mockImplementation(() => {
    throw mistake;
  });
  gateway.open();
  const { nonce } = shakeHands();
  say({ type: 'payment_success', paymentId: 'pay_1', orderId: 'order_Abc', signature: 'ab', nonce });
  expect(reported).toHaveBeenCalledExactlyOnceWith(mistake);
  expect(onClose).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});

test('after closing, nothing is heard any more', () => {
  const { gateway, onSuccess } = gatewayWith();
  gateway.open();
  const { nonce } = shakeHands();
  const source = frame().contentWindow;
  gateway.close();
  say({ type: 'payment_success', paymentId: 'pay_1', nonce }, { source });
  expect(onSuccess).not.toHaveBeenCalled();
});

test('the focus goes back to where it was', () => {
  const button = document.body.appendChild(document.createElement('button'));
  button.focus();
  const { gateway } = gatewayWith();
  gateway.open();
  shakeHands();
  gateway.close();
  expect(document.activeElement).toBe(button);
});

test.each([
  ['hi', 'भुगतान बंद करें'],
  ['hi-IN', 'भुगतान बंद करें'],
  ['en-IN', 'Close payment'],
  ['fr', 'Close payment'],
])('words are in the payer’s language, or English: %s', (locale, label) => {
  gatewayWith({ locale: locale as 'hi' }).gateway.open();
  watchFrame();
  expect(document.querySelector('.close-button')?.getAttribute('aria-label')).toBe(label);
});
