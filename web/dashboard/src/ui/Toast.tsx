import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';

type ToastTone = 'good' | 'bad';
type Show = (text: string, tone?: ToastTone) => void;

const SHOWN_MS = 6_000;
const MAX_SHOWN = 3;

const ToastContext = createContext<Show>(() => {});

/** `const toast = useToast(); toast('Saved')`: what happened, said once, gone after a while. */
export function useToast(): Show {
  return use(ToastContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ id: number; text: string; tone: ToastTone }[]>([]);
  const lastId = useRef(0);
  const hide = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, tone = 'good') => {
      const id = ++lastId.current;
      setShown((all) => [...all, { id, text, tone }].slice(-MAX_SHOWN));
      setTimeout(() => hide(id), SHOWN_MS);
    },
    [hide],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" data-test-id="toasts">
        {shown.map(({ id, text, tone }) => (
          <p key={id} className={`toast ${tone}`}>
            <Icon name={tone === 'good' ? 'check' : 'alert'} />
            <span>{text}</span>
            <button type="button" aria-label="Dismiss" onClick={() => hide(id)}>
              <Icon name="cross" />
            </button>
          </p>
        ))}
      </div>
    </ToastContext>
  );
}
