import { Component } from 'preact';
import type { Order } from '../api/gateway.ts';
import { type Draft, emptyDraft, forgetting, prefilled } from '../domain/draft.ts';
import type { Host } from '../embed/host.ts';
import type { Flow } from '../flow/flow.ts';
import { isPaid, isPaying, isSending, orderOf, type State } from '../flow/state.ts';
import { loadMessages } from '../i18n/messages.ts';
import { LeaveDialog } from './LeaveDialog.tsx';
import { Panel } from './Panel.tsx';
import { Summary } from './Summary.tsx';
import { makeWords, type Words } from './words.ts';

export interface AppProps {
  flow: Flow;
  host: Host;
  words: Words;
  returnUrl: string;
  onRetry(order: Order): void;
}

interface AppState {
  flow: State;
  order: Order | null;
  draft: Draft;
  words: Words;
  isLeaving: boolean;
  /** Something else than the first form was shown, so focus follows what happens. */
  isBack: boolean;
}

/** The slip: summary and panel, and the question before leaving. */
export class App extends Component<AppProps, AppState> {
  override state: AppState = {
    flow: this.props.flow.state,
    order: null,
    draft: emptyDraft(),
    words: this.props.words,
    isLeaving: false,
    isBack: false,
  };

  override componentDidMount(): void {
    const { flow, host } = this.props;
    flow.subscribe((next) => this.#show(next));
    this.#show(flow.state);
    host.onKnown = () => this.setState(({ draft }) => ({ draft: prefilled(draft, host.known) }));
    host.onKnown();
    host.onAskToLeave = () => this.setState({ isLeaving: true });
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.state.isLeaving) return;
      event.preventDefault(); // the same key would close the question that it opens
      host.requestClose();
    });
  }

  #show(next: State): void {
    this.props.host.show(next);
    this.setState(({ flow, order, draft, isBack, isLeaving }) => ({
      flow: next,
      order: orderOf(next) ?? order,
      draft: forgetting(draft, isPaid(next), isSending(next)),
      isBack: isBack || flow.kind !== 'loading',
      isLeaving: isLeaving && isPaying(next),
    }));
  }

  #switchLanguage = async () => {
    const locale = this.state.words.locale === 'en' ? 'hi' : 'en';
    this.setState({ words: makeWords(locale, await loadMessages(locale, document)) });
  };

  override componentDidUpdate(): void {
    const { order, words } = this.state;
    document.documentElement.lang = words.locale;
    const merchant = order?.merchant_name;
    document.title = merchant ? words.t('payTo', { merchant }) : words.t('methods');
  }

  override render(
    { flow, host, returnUrl, onRetry }: AppProps,
    { words, order, draft, isBack, isLeaving, flow: state }: AppState,
  ) {
    const { isEmbedded } = host;
    return (
      <main class={isEmbedded ? 'slip embedded' : 'slip'} data-test-id="checkout-container">
        {!/^(unknown|unreachable|refused)$/.test(state.kind) && (
          <Summary {...{ words, order }} isPaid={isPaid(state)} onSwitchLanguage={this.#switchLanguage} />
        )}
        <section class="panel" aria-busy={state.kind === 'loading'}>
          <Panel
            {...{ words, state, flow, draft, isBack, isEmbedded, returnUrl, onRetry }}
            onDraft={(change) => this.setState((current) => ({ draft: { ...current.draft, ...change } }))}
            onClose={() => host.requestClose()}
          />
        </section>
        {isLeaving && (
          <LeaveDialog
            words={words}
            text={state.kind === 'otp' ? 'leaveOtpText' : 'leaveText'}
            onStay={() => this.setState({ isLeaving: false })}
            onLeave={() => void host.leave(state)}
          />
        )}
      </main>
    );
  }
}
