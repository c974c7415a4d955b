import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PaymentGateway } from '../src/gateway.ts';
import { frame, gatewayWith, modal, OPTIONS, say, shakeHands, watchFrame } from './page.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  document.body.replaceChildren();
  document.adoptedStyleSheets = [];
  history.replaceState(null, '');
  vi.useRealTimers();
});

/** As frameworks make everything reactive: what is read through the proxy is a proxy too. */
function deepProxy<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Node) return value;
  return new Proxy(value, { get: (target, name, receiver) => deepProxy(Reflect.get(target, name, receiver)) });
}

/** What the browser does when the payer goes to another entry of the history. */
function traverseTo(state: unknown): void {
  history.replaceState(state, '');
  dispatchEvent(new PopStateEvent('popstate', { state }));
}

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

test('works behind a proxy, with options that are proxies', () => {
  const options = deepProxy({ ...OPTIONS, prefill: { vpa: 'asha@bank' }, onClose: vi.fn() });
  const gateway = deepProxy(new PaymentGateway(options));
  gateway.open();
  expect(gateway.isOpen).toBe(true);
  const { nonce, posted } = shakeHands();
  expect(structuredClone(posted[0]?.[0])).toMatchObject({
    type: 'init',
    key: OPTIONS.key,
    prefill: { vpa: 'asha@bank' },
  });
  say({ type: 'state', paying: true, nonce });
  gateway.close();
  say({ type: 'close_modal', nonce });
  expect([gateway.isOpen, modal()]).toEqual([false, null]);
  gateway.destroy();
  expect(() => gateway.open()).toThrow(expect.objectContaining({ code: 'destroyed' }));
});

test.each([
  ['the page replaces its body’s content', () => document.body.replaceChildren()],
  ['the page removes the modal', () => modal()?.remove()],
  ['the page replaces its body', () => document.body.replaceWith(document.createElement('body'))],
])('%s: the modal has ended', async (_, act) => {
  vi.useRealTimers();
  const { gateway, onClose } = gatewayWith();
  gateway.open();
  act();
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'dismissed' }));
  expect([gateway.isOpen, document.querySelector('dialog'), document.adoptedStyleSheets.length]).toEqual([
    false,
    null,
    0,
  ]);
});

test.each(['order_not_found', 'origin_not_allowed', 'invalid_key'])('%s is shown and told', (code) => {
  const { gateway, onFailure, onClose, onReady } = gatewayWith();
  gateway.open();
  const posted = watchFrame();
  say({ type: 'hello' });
  const nonce = posted[0]?.[0].nonce;
  say({ type: 'refused', code, description: 'Why', nonce });
  say({ type: 'ready', nonce });
  expect(onFailure.mock.calls).toEqual([[expect.objectContaining({ code, description: 'Why', orderId: 'order_Abc' })]]);
  vi.advanceTimersByTime(60_000);
  expect([modal()?.className, onReady.mock.calls.length, onClose.mock.calls.length]).toEqual(['ready', 0, 0]);
  gateway.close();
  expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'error' });
});

test('Back closes the modal, and the router’s state is kept in its entry', () => {
  history.replaceState({ route: 7 }, '');
  const { gateway, onClose } = gatewayWith();
  gateway.open();
  expect(history.state).toEqual({ route: 7, paymentGateway: true });
  traverseTo({ route: 7 });
  expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: 'dismissed' });
});

test('Back while paying asks, and the modal’s entry is entered again', () => {
  const forward = vi.spyOn(history, 'forward').mockImplementation(() => traverseTo({ paymentGateway: true }));
  const { gateway } = gatewayWith();
  gateway.open();
  const { nonce, posted } = shakeHands();
  say({ type: 'state', paying: true, nonce });
  for (let times = 1; times < 3; times++) {
    traverseTo(null);
    expect(forward).toHaveBeenCalledTimes(times);
    expect(posted.at(-1)?.[0]).toEqual({ type: 'close_request', nonce });
    say({ type: 'state', paying: true, nonce });
    expect(gateway.isOpen).toBe(true);
  }
});

test('after closing otherwise, Back leads past the modal’s entry', () => {
  const back = vi.spyOn(history, 'back').mockImplementation(() => {});
  const { gateway } = gatewayWith();
  const pushed = vi.spyOn(history, 'pushState');
  gateway.open();
  gateway.close();
  gateway.open(); // takes the entry that is there
  gateway.close();
  expect([pushed.mock.calls.length, back.mock.calls.length]).toEqual([1, 0]);
  traverseTo(null);
  traverseTo(null);
  expect(back).toHaveBeenCalledOnce();
});
