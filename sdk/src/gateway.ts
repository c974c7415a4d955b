import { type Channel, openChannel } from './channel.ts';
import { type ErrorCode, PaymentGatewayError } from './errors.ts';
import { addEntry, type HistoryEntry } from './history.ts';
import { MODAL_ID, type Modal, openModal } from './modal.ts';
import { type CloseReason, checkOptions, checkoutUrl, type PaymentGatewayOptions } from './options.ts';
import type { Report } from './protocol.ts';

const LOAD_TIMEOUT_MS = 15_000;
/** A page that has loaded and says nothing will not: it was blocked. */
const SILENT_AFTER_LOAD_MS = 3_000;
/** A checkout that does not even answer whether it may be closed is closed. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Call a merchant's function; what it throws is reported and stops nothing of ours. */
function call<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    callback?.(value);
  } catch (error) {
    reportError(error);
  }
}

/** The checkout in a modal, or by redirect, for one order. */
export class PaymentGateway {
  static baseUrl: string | undefined;

  /** Whether the modal is on the page. */
  declare readonly isOpen: boolean;

  readonly #options: PaymentGatewayOptions;
  readonly #baseUrl: string;
  #modal: Modal | undefined;
  #channel: Channel | undefined;
  #entry: HistoryEntry | undefined;
  #isPaying = false;
  #isRefused = false;
  #isDestroyed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Throws a `PaymentGatewayError` with one of its codes for options that cannot work. */
  constructor(options: PaymentGatewayOptions) {
    const baseUrl = options?.baseUrl || PaymentGateway.baseUrl;
    checkOptions(options, baseUrl);
    this.#options = options;
    this.#baseUrl = baseUrl as string;
    // Like the methods below, bound to this very object: a Proxy of it (Vue's `ref`, Pinia) has no private fields.
    Object.defineProperty(this, 'isOpen', { get: () => !!this.#modal });
  }

  /** Open the modal or leave for the checkout. Throws `already_open` while any modal is on the page. */
  open = (): void => {
    const options = this.#options;
    const isModal = options.mode !== 'redirect';
    if (this.#isDestroyed) throw new PaymentGatewayError('destroyed', 'This instance was destroyed');
    if (document.getElementById(MODAL_ID)) throw new PaymentGatewayError('already_open', 'A payment is already open');
    const url = checkoutUrl(options, this.#baseUrl, isModal);
    if (!isModal) return location.assign(url.href);
    this.#isRefused = false;
    const modal = openModal(options, url.href, this.close, () => this.#finish('dismissed'));
    const { frame } = modal;
    this.#modal = modal;
    this.#entry = addEntry(() => this.#goBack());
    this.#channel = openChannel(frame, url.origin, options.key, options.prefill || {}, (report) => this.#hear(report));
    const giveUpAfter = (delayMs: number) => this.#wait(delayMs, () => this.#giveUp());
    giveUpAfter(options.loadTimeoutMs || LOAD_TIMEOUT_MS);
    frame.onload = () => giveUpAfter(SILENT_AFTER_LOAD_MS);
  };

  /** Close the modal. While money may be moving, the checkout asks the payer first. */
  close = (): void => {
    if (!this.#isPaying) return this.#finish(this.#isRefused ? 'error' : 'dismissed');
    this.#modal?.frame.focus(); // where the question is
    this.#channel?.askToClose();
    this.#wait(ANSWER_TIMEOUT_MS, () => this.#finish('dismissed'));
  };

  /** Close the modal whatever it is doing, without a callback; this instance cannot be opened again. */
  destroy = (): void => {
    this.#isDestroyed = true;
    this.#remove();
  };

  #goBack(): void {
    if (this.#isPaying) this.#entry?.enterAgain();
    this.close();
  }

  #hear(report: Report): void {
    clearTimeout(this.#timer);
    const { onReady, onSuccess, orderId } = this.#options;
    switch (report.type) {
      case 'ready':
        (this.#modal as Modal).frame.onload = null;
        this.#modal?.show();
        if (!this.#isRefused) call(onReady, undefined);
        break;
      case 'refused':
        this.#isRefused = true;
        this.#fail(report.code, report.description);
        break;
      case 'state':
        this.#isPaying = report.paying;
        break;
      case 'close_modal':
        this.#finish('dismissed');
        break;
      case 'payment_failed':
        this.#fail('payment_failed', report.description, report.paymentId);
        break;
      case 'payment_success': {
        const { paymentId, signature } = report;
        this.#finish('success', () => call(onSuccess, { paymentId, orderId, signature }));
      }
    }
  }

  #giveUp(): void {
    this.#finish('error', () => this.#fail('load_timeout', 'The checkout did not load'));
  }

  #fail(code: ErrorCode, description: string, paymentId?: string): void {
    const { onFailure, orderId } = this.#options;
    call(onFailure, new PaymentGatewayError(code, description, orderId, paymentId));
  }

  #finish(reason: CloseReason, before?: () => void): void {
    if (!this.#modal) return;
    this.#remove();
    before?.();
    call(this.#options.onClose, { reason });
  }

  #remove(): void {
    clearTimeout(this.#timer);
    this.#isPaying = false;
    this.#channel?.stop();
    this.#entry?.leave();
    this.#modal?.remove();
    this.#channel = this.#entry = this.#modal = undefined;
  }

  #wait(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
