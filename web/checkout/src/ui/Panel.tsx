import type { Order, Payment } from '../api/gateway.ts';
import { wayBack } from '../config.ts';
import { type Draft, fitting } from '../domain/draft.ts';
import type { Flow } from '../flow/flow.ts';
import type { State } from '../flow/state.ts';
import { NETWORK_NAMES } from './Fields.tsx';
import { Notice } from './Notice.tsx';
import { OtpForm } from './OtpForm.tsx';
import { PayForm } from './PayForm.tsx';
import { Processing } from './Processing.tsx';
import { Result } from './Result.tsx';
import type { Words } from './words.ts';

export interface PanelProps {
  words: Words;
  state: State;
  flow: Flow;
  draft: Draft;
  isBack: boolean;
  isEmbedded: boolean;
  returnUrl: string;
  onDraft(change: Partial<Draft>): void;
  onRetry(order: Order): void;
  onClose(): void;
}

/** The slip's second half: one component for each state of the flow. */
export function Panel(props: PanelProps) {
  const { words, state, flow, isBack, onDraft } = props;
  switch (state.kind) {
    case 'loading':
      return (
        <p class="skeleton" role="status">
          <span class="unseen">{words.t('loading')}</span>
        </p>
      );
    case 'form': {
      const { order, refusal } = state;
      const draft = fitting(props.draft, order.currency);
      return (
        <PayForm {...{ words, order, refusal, draft, isBack, onDraft }} onPay={() => void flow.pay(order, draft)} />
      );
    }
    case 'processing':
      return (
        <Processing
          {...{ words, state }}
          now={() => flow.now()}
          onCheckAgain={() => void flow.start()}
          onCancel={() => void flow.cancel(state.order)}
          onChangeMethod={async () => (await flow.cancel(state.order, true)) && onDraft({ method: 'card' })}
        />
      );
    case 'otp': {
      const { order, attemptsLeft } = state;
      const submit = (otp: string) => void flow.authenticate(order, attemptsLeft, otp);
      return <OtpForm {...{ words }} step={state} onSubmit={submit} onCancel={() => void flow.cancel(order)} />;
    }
    case 'success':
      return <Success {...props} state={state} />;
    default:
      return <Notice {...props} state={state} />;
  }
}

type SuccessProps = PanelProps & { state: Extract<State, { kind: 'success' }> };

/** What was paid with, as its payer knows it: `asha@bank`, `Visa •••• 1111`. */
function instrumentOf({ t }: Words, { method, vpa, card_network, card_last4 }: Payment): string {
  if (method === 'upi') return `${t('upi')} ${vpa ?? ''}`.trim();
  return card_last4 ? `${NETWORK_NAMES[card_network ?? ''] ?? t('card')} •••• ${card_last4}` : t('card');
}

function Success({ words, state: { order, payment, paidAt }, isEmbedded, returnUrl }: SuccessProps) {
  const { t } = words;
  const href = wayBack(returnUrl, order.id, 'success', [payment.id, payment.signature ?? null]);
  const message = order.merchant_name && t('successText', { merchant: order.merchant_name });
  const rows = [
    ['paymentId', payment.id],
    ['receipt', order.receipt],
    ['paidWith', instrumentOf(words, payment)],
    ['paidAt', paidAt && words.time(paidAt)],
  ] as const;
  return (
    <Result
      tone="good"
      icon="check"
      title={t('successTitle')}
      {...{ message }}
      testIds={['success-state', 'success-message']}
    >
      <dl>
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd data-test-id={name === 'paymentId' ? 'payment-id' : name}>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {isEmbedded && <p class="soft">{t('returning')}</p>}
      {href && (
        <a class="primary" href={href}>
          {t('backToShop')}
        </a>
      )}
      {!isEmbedded && (
        <button type="button" class="secondary" data-test-id="print-button" onClick={() => print()}>
          {t('print')}
        </button>
      )}
    </Result>
  );
}
