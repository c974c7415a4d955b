import { type MouseEvent, type ReactNode, type SyntheticEvent, useEffect, useId, useRef } from 'react';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { Toasts } from './Toast.tsx';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose(): void;
  children: ReactNode;
  /** Its buttons, at the bottom. */
  actions?: ReactNode;
  isWide?: boolean;
  /** A click beside it does not close it: it shows something that is not shown again. */
  isSticky?: boolean;
  testId?: string;
}

/**
 * A native modal dialog. Its content is there only while it is open; Esc and a click beside it close it. The focus goes
 * to its first control, and back afterwards; to the page if what had it is gone.
 *
 * Where one dialog takes the place of another, give them keys: the new one is then announced and gets the focus.
 */
export function Dialog({ isOpen, ...props }: DialogProps) {
  return isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ title, onClose, children, actions, isWide, isSticky, testId }: Omit<DialogProps, 'isOpen'>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-focus], .dialog-body :is(input, select, textarea, button)')?.focus();
    return () => {
      element?.close();
      const isThere = opener?.isConnected && opener !== document.body;
      const back = isThere ? opener : document.getElementById('content');
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  const onCancel = (event: SyntheticEvent) => {
    event.preventDefault(); // the owner decides; an unmounted dialog is closed
    onClose();
  };
  const onClick = (event: MouseEvent) => event.target === dialog.current && !isSticky && onClose();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the backdrop's key, and the browser's own
    <dialog
      ref={dialog}
      className={classes('dialog', isWide && 'wide')}
      aria-labelledby={heading}
      onCancel={onCancel}
      onClick={onClick}
      data-test-id={testId}
    >
      <div className="dialog-body">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
      {actions && <div className="dialog-actions">{actions}</div>}
      <Button className="dialog-close" variant="quiet" icon="cross" aria-label="Close" onClick={onClose} />
      <Toasts />
    </dialog>
  );
}

export interface ConfirmDialogProps {
  title: string;
  children: ReactNode;
  isOpen: boolean;
  action: string;
  isDanger?: boolean;
  isBusy?: boolean;
  error?: unknown;
  onConfirm(): void;
  onClose(): void;
  testId?: string;
}

/** A question before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, isOpen, action, isDanger, isBusy, error, onConfirm, onClose, testId } = props;
  return (
    <Dialog
      {...{ title, isOpen, onClose }}
      {...(testId ? { testId } : {})}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={isDanger ? 'danger' : 'primary'}
            isBusy={!!isBusy}
            onClick={onConfirm}
            testId="confirm-button"
            data-focus
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {!!error && <ErrorNote error={error} />}
    </Dialog>
  );
}
