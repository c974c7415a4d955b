import { Component } from 'preact';
import type { Processing as ProcessingState } from '../flow/state.ts';
import { Icon } from './icons.tsx';
import { takeFocus, type Words } from './words.ts';

const SECOND_MS = 1_000;

function messageOf({ phase, method, isOffline, isSlow, isStalled, isTooLate }: ProcessingState) {
  if (isStalled) return 'stalledText';
  if (isOffline) return 'offlineText';
  if (phase === 'sending') return 'sendingText';
  if (isTooLate) return 'tooLateText';
  if (isSlow) return 'slowText';
  return method === 'upi' ? 'upiText' : 'bankText';
}

interface CountdownProps {
  words: Words;
  endsAtMs: number;
  now(): number;
}

/** The time that is left, minutes and seconds, ticking by itself. */
class Countdown extends Component<CountdownProps> {
  #timer: ReturnType<typeof setInterval> | undefined;

  override componentDidMount(): void {
    this.#timer = setInterval(() => this.forceUpdate(), SECOND_MS);
  }

  override componentWillUnmount(): void {
    clearInterval(this.#timer);
  }

  override render({ words: { t }, endsAtMs, now }: CountdownProps) {
    const seconds = Math.max(0, Math.ceil((endsAtMs - now()) / SECOND_MS));
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return (
      <p class="soft countdown" role="timer" data-test-id="countdown">
        {t('upiLeft', { time })}
      </p>
    );
  }
}

interface ProcessingProps {
  words: Words;
  state: ProcessingState;
  now(): number;
  onCheckAgain(): void;
  onCancel(): void;
  onChangeMethod(): void;
}

/** Steps as the API reports them: nothing here runs ahead of what is known. */
export function Processing({ words, state, now, onCheckAgain, onCancel, onChangeMethod }: ProcessingProps) {
  const { t } = words;
  const { isOffline, isStalled, isCancelling, isTooLate, endsAtMs } = state;
  const at = state.phase === 'sending' ? 0 : 1;
  const isWaitingForApp = state.method === 'upi' && at === 1;
  const canCancel = isWaitingForApp && state.canCancel && !isTooLate;
  return (
    <div class="processing" data-test-id="processing-state">
      <h2 ref={takeFocus} tabIndex={-1}>
        {t('processingTitle')}
      </h2>
      <ol class={isOffline || isStalled ? 'steps held' : 'steps'}>
        {(['stepSent', 'stepBank', 'stepDone'] as const).map((step, index) => (
          <li
            key={step}
            class={index < at ? 'done' : index === at ? 'now' : ''}
            aria-current={index === at ? 'step' : undefined}
          >
            <span class="dot">{index < at && <Icon name="check" />}</span>
            {t(step)}
          </li>
        ))}
      </ol>
      <p data-test-id="processing-message" role="status">
        {t(messageOf(state))}
      </p>
      {isWaitingForApp && !isStalled && endsAtMs !== null && <Countdown {...{ words, endsAtMs, now }} />}
      {isStalled && (
        <button type="button" class="secondary" onClick={onCheckAgain}>
          {t('checkAgain')}
        </button>
      )}
      {canCancel && (
        <div class="ways-out">
          <button
            type="button"
            class="secondary"
            data-test-id="change-method-button"
            disabled={isCancelling}
            onClick={onChangeMethod}
          >
            {t('changeMethod')}
          </button>
          <button
            type="button"
            class="link"
            data-test-id="cancel-payment-button"
            disabled={isCancelling}
            onClick={onCancel}
          >
            {t('otpCancel')}
          </button>
        </div>
      )}
    </div>
  );
}
