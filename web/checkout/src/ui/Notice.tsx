import { wayBack } from '../config.ts';
import { refusalOf, type State } from '../flow/state.ts';
import type { PanelProps } from './Panel.tsx';
import { Result } from './Result.tsx';
import type { Words } from './words.ts';

type NoticeState = Exclude<State, { kind: 'loading' | 'form' | 'processing' | 'otp' | 'success' }>;
type NoticeProps = Omit<PanelProps, 'state'> & { state: NoticeState };

interface WayOutProps {
  words: Words;
  isEmbedded: boolean;
  href: string;
  onClose(): void;
}

/** Out of the modal, or back to where a redirect came from. */
function WayOut({ words: { t }, isEmbedded, href, onClose }: WayOutProps) {
  if (isEmbedded) {
    return (
      <button type="button" class="secondary" onClick={onClose}>
        {t('close')}
      </button>
    );
  }
  return href ? (
    <a class="secondary" href={href}>
      {t('backToShop')}
    </a>
  ) : null;
}

const ERROR_IDS = ['error-state', undefined, 'error-message'] as const;

const LOOKS = {
  failed: ['bad', 'cross'],
  unreachable: ['plain', 'alert'],
  unsure: ['plain', 'alert'],
  unpaid: ['plain', 'alert'],
  paid: ['good', 'check'],
  unknown: ['plain', 'alert'],
  refused: ['plain', 'alert'],
} as const;

/** The payment failed, or there is nothing to pay, or no way to know. */
export function Notice({ words, state, flow, isEmbedded, returnUrl, onRetry, onClose }: NoticeProps) {
  const name = state.kind === 'unknown' && !state.orderId ? 'noOrder' : state.kind;
  const [title = '', text, button] = words.notices[name];
  const message = state.kind === 'failed' && state.description ? words.said(state.description) : text;
  const [tone, icon] = LOOKS[state.kind];
  const act = () => {
    if (state.kind === 'unsure') flow.tryAgain(state.order);
    else if ('order' in state) onRetry(state.order);
    else void flow.start();
  };
  const code = refusalOf(state);
  const href = 'order' in state ? wayBack(returnUrl, state.order.id, state.kind) : returnUrl;
  return (
    <Result
      {...{ tone, icon, title, message }}
      isAlone={!('order' in state)}
      testIds={state.kind === 'paid' ? ['paid-state'] : ERROR_IDS}
    >
      {code && <code class="soft">{code}</code>}
      {button && (
        <button type="button" class="primary" data-test-id="retry-button" onClick={act}>
          {button}
        </button>
      )}
      <WayOut {...{ words, isEmbedded, href, onClose }} />
    </Result>
  );
}
