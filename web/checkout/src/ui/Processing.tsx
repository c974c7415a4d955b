import type { Processing as ProcessingState } from '../flow/state.ts';
import { Icon } from './icons.tsx';
import { takeFocus, type Words } from './words.ts';

function messageOf({ phase, method, isOffline, isSlow, isStalled }: ProcessingState) {
  if (isStalled) return 'stalledText';
  if (isOffline) return 'offlineText';
  if (phase === 'sending') return 'sendingText';
  if (isSlow) return 'slowText';
  return method === 'upi' ? 'upiText' : 'bankText';
}

interface ProcessingProps {
  words: Words;
  state: ProcessingState;
  onCheckAgain(): void;
}

/** Steps as the API reports them: nothing here runs ahead of what is known. */
export function Processing({ words: { t }, state, onCheckAgain }: ProcessingProps) {
  const at = state.phase === 'sending' ? 0 : 1;
  return (
    <div class="processing" data-test-id="processing-state">
      <h2 ref={takeFocus} tabIndex={-1}>
        {t('processingTitle')}
      </h2>
      <ol class={state.isOffline || state.isStalled ? 'steps held' : 'steps'}>
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
      {state.isStalled && (
        <button type="button" class="secondary" onClick={onCheckAgain}>
          {t('checkAgain')}
        </button>
      )}
    </div>
  );
}
