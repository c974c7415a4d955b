import type { Words } from './words.ts';

interface LeaveDialogProps {
  words: Words;
  text: 'leaveText' | 'leaveOtpText';
  onStay(): void;
  onLeave(): void;
}

function openAsModal(dialog: HTMLDialogElement | null): void {
  dialog?.showModal();
}

/** Asked before a payment that is under way is left. Escape stays. */
export function LeaveDialog({ words: { t }, text, onStay, onLeave }: LeaveDialogProps) {
  return (
    <dialog ref={openAsModal} class="leave" aria-labelledby="leave-title" data-test-id="leave-dialog" onClose={onStay}>
      <h2 id="leave-title">{t('leaveTitle')}</h2>
      <p>{t(text)}</p>
      <div class="pair">
        <button type="button" class="secondary" data-test-id="leave-button" onClick={onLeave}>
          {t('leave')}
        </button>
        {/* biome-ignore lint/a11y/noAutofocus: in a dialog that opens, or Enter would leave */}
        <button type="button" class="primary" data-test-id="stay-button" autoFocus onClick={onStay}>
          {t('stay')}
        </button>
      </div>
    </dialog>
  );
}
