import type { Prefill, RefusalCode, Report } from '../../../../sdk/src/protocol.ts';
import type { Outcomes } from '../flow/flow.ts';
import { isPaying, refusalOf, type State } from '../flow/state.ts';
import type { Bridge } from './bridge.ts';

/** Long enough to be read, short enough not to be waited for. */
const SHOW_SUCCESS_MS = 1_500;
const CANCEL_TIMEOUT_MS = 2_000;

/** For the shop's developers. */
const REFUSALS: Record<RefusalCode, string> = {
  order_not_found: 'Order not found',
  origin_not_allowed: 'This site is no allowed origin',
  invalid_key: 'The key is another merchant’s',
};

/** What the page stands in: a merchant's modal, or a browser tab. */
export interface Host extends Outcomes {
  readonly isEmbedded: boolean;
  /** What the merchant knows of the payer. */
  readonly known: Prefill;
  /** Set by the page: `known` has come; show the question before leaving. */
  onKnown: () => void;
  onAskToLeave: () => void;
  /** The flow went on to another state. */
  show(state: State): void;
  /** The payer wants out. */
  requestClose(): void;
  /** The payer said so again, after being asked. */
  leave(state: State): Promise<void>;
}

/** In a modal: the merchant's page hears of everything, and closes what it opened. */
export class ModalHost implements Host {
  readonly isEmbedded = true;
  known: Prefill = {};
  onKnown = () => {};
  onAskToLeave = () => {};
  #state: State | null = null;
  #success: Report | null = null;
  #wasPaying = false;

  constructor(
    private readonly bridge: Bridge,
    private readonly cancel: () => Promise<void>,
  ) {}

  prefill(known: Prefill): void {
    this.known = known;
    this.onKnown();
  }

  show(state: State): void {
    this.#state = state;
    this.#reportPaying();
    const code = refusalOf(state);
    if (code) this.bridge.report({ type: 'refused', code, description: REFUSALS[code] });
  }

  succeeded(paymentId: string, orderId: string, signature: string | null): void {
    this.#success = { type: 'payment_success', paymentId, orderId, signature };
    this.#reportPaying();
    setTimeout(() => this.#deliver(), SHOW_SUCCESS_MS);
  }

  failed(paymentId: string, orderId: string, description: string): void {
    this.bridge.report({ type: 'payment_failed', paymentId, orderId, description });
  }

  requestClose(): void {
    if (this.#success) return this.#deliver();
    if (!this.#isPaying()) return this.bridge.report({ type: 'close_modal' });
    this.bridge.report({ type: 'state', paying: true });
    this.onAskToLeave();
  }

  async leave({ kind }: State): Promise<void> {
    if (kind === 'otp') {
      await Promise.race([this.cancel(), new Promise((resolve) => setTimeout(resolve, CANCEL_TIMEOUT_MS))]);
    }
    this.bridge.report({ type: 'close_modal' });
  }

  #deliver(): void {
    if (this.#success) this.bridge.report(this.#success);
    this.#success = null;
    this.#reportPaying();
  }

  /** A success that has not been told yet must not be closed over. */
  #isPaying(): boolean {
    return !!this.#success || (!!this.#state && isPaying(this.#state));
  }

  #reportPaying(): void {
    if (this.#isPaying() === this.#wasPaying) return;
    this.#wasPaying = !this.#wasPaying;
    this.bridge.report({ type: 'state', paying: this.#wasPaying });
  }
}

/** In a tab of its own: with redirect mode, results have their own address. */
export class TabHost implements Host {
  readonly isEmbedded = false;
  onKnown = () => {};
  onAskToLeave = () => {};

  constructor(
    readonly known: Prefill,
    private readonly goTo: (page: 'success' | 'failure') => void,
  ) {}

  show(): void {}
  requestClose(): void {}
  async leave(): Promise<void> {}

  succeeded(): void {
    this.goTo('success');
  }

  failed(): void {
    this.goTo('failure');
  }
}

const PREFILLABLE = ['vpa', 'holderName', 'method'] as const;

/** Redirect mode's prefill comes behind the address's hash, which is cleared at once. */
export function prefillFrom(hash: string): Prefill {
  const given = new URLSearchParams(hash.slice(1));
  return Object.fromEntries(PREFILLABLE.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : [])));
}
