import type { Order } from '../api/gateway.ts';
import { wayBack } from '../config.ts';
import { type Draft, fitting } from '../domain/draft.ts';
import type { Flow } from '../flow/flow.ts';
import type { State } from '../flow/state.ts';
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
      return <Processing {...{ words, state }} onCheckAgain={() => void flow.start()} />;
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

function Success({ words: { t }, state: { order, paymentId, signature }, isEmbedded, returnUrl }: SuccessProps) {
  const href = wayBack(returnUrl, order.id, 'success', [paymentId, signature]);
  const message = order.merchant_name && t('successText', { merchant: order.merchant_name });
  return (
    <Result
      tone="good"
      icon="check"
      title={t('successTitle')}
      {...{ message }}
      testIds={['success-state', 'success-message']}
    >
      <dl>
        <dt>{t('paymentId')}</dt>
        <dd data-test-id="payment-id">{paymentId}</dd>
      </dl>
      {isEmbedded && <p class="soft">{t('returning')}</p>}
      {href && (
        <a class="primary" href={href}>
          {t('backToShop')}
        </a>
      )}
    </Result>
  );
}
