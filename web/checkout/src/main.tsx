import { render } from 'preact';
import './styles/base.css';
import './styles/slip.css';
import './styles/form.css';
import './styles/states.css';
import { makeRequest } from './api/client.ts';
import { makeApi, type Order } from './api/gateway.ts';
import { addressOf, readConfig } from './config.ts';
import { openBridge } from './embed/bridge.ts';
import { type Host, ModalHost, prefillFrom, TabHost } from './embed/host.ts';
import { browserConnection } from './flow/connection.ts';
import { Flow } from './flow/flow.ts';
import { makeSessions } from './flow/sessions.ts';
import { loadMessages } from './i18n/messages.ts';
import { App } from './ui/App.tsx';
import { makeWords } from './ui/words.ts';

const config = readConfig(document, location);

const goTo = (page: 'checkout' | 'success' | 'failure') => {
  if (config.isRedirect) history.replaceState(null, '', addressOf(page, location));
};

const flow: Flow = new Flow(config.orderId, {
  api: makeApi(makeRequest(config.apiBase, fetch.bind(window))),
  sessions: makeSessions(() => sessionStorage),
  connection: browserConnection(window),
  outcomes: {
    succeeded: (...outcome) => host.succeeded(...outcome),
    failed: (...outcome) => host.failed(...outcome),
  },
  newKey: () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(16)).join('-'),
  isResultPage: config.isResultPage,
  refusal: config.refusal,
});

function modalHost(): ModalHost {
  const bridge = openBridge(window, {
    onInit: (prefill, key) => {
      modal.prefill(prefill);
      void flow.checkKey(key);
    },
    onCloseRequest: () => modal.requestClose(),
  });
  const modal = new ModalHost(bridge, async () => {
    if (flow.state.kind === 'otp') await flow.cancel(flow.state.order);
  });
  return modal;
}

const host: Host = config.isEmbedded ? modalHost() : new TabHost(prefillFrom(location.hash), goTo);
// What stood behind the hash is taken in, and gone from the history.
if (location.hash) history.replaceState(null, '', location.pathname + location.search);
void flow.start();
void flow.checkKey(config.key);
addEventListener('online', () => flow.state.kind === 'unreachable' && void flow.start());

const { locale, returnUrl } = config;
const words = makeWords(locale, await loadMessages(locale, document));
const root = document.getElementById('app') as HTMLElement;
const onRetry = (order: Order) => {
  goTo('checkout');
  flow.retry(order);
};
root.replaceChildren();
render(<App {...{ flow, host, words, returnUrl, onRetry }} />, root);
