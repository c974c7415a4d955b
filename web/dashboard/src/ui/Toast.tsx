import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';

type ToastTone = 'good' | 'bad';
type Show = (text: string, tone?: ToastTone) => void;

interface Shown {
  toasts: readonly { id: number; text: string; tone: ToastTone }[];
  hide(id: number): void;
}

const SHOWN_MS = 6_000;
const MAX_SHOWN = 3;

const ShowContext = createContext<Show>(() => {});
const ShownContext = createContext<Shown>({ toasts: [], hide: () => {} });

/** `const toast = useToast(); toast('Saved')`: what happened, said once, gone after a while. */
export function useToast(): Show {
  return use(ShowContext);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown['toasts']>([]);
  const lastId = useRef(0);
  const hide = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<Show>(
    (text, tone = 'good') => {
      const id = ++lastId.current;
      setToasts((all) => [...all, { id, text, tone }].slice(-MAX_SHOWN));
      setTimeout(() => hide(id), SHOWN_MS);
    },
    [hide],
  );
  const shown = useMemo(() => ({ toasts, hide }), [toasts, hide]);
  return (
    <ShowContext value={show}>
      <ShownContext value={shown}>
        {children}
        <Toasts testId="toasts" />
      </ShownContext>
    </ShowContext>
  );
}

/** Where they are seen and read out. An open dialog has its own: all beside it is behind it, and inert. */
export function Toasts({ testId }: { testId?: string }) {
  const { toasts, hide } = use(ShownContext);
  return (
    <div className="toasts" role="status" data-test-id={testId}>
      {toasts.map(({ id, text, tone }) => (
        <p key={id} className={`toast ${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'alert'} />
          <span>{text}</span>
          <button type="button" aria-label="Dismiss" onClick={() => hide(id)}>
            <Icon name="cross" />
          </button>
        </p>
      ))}
    </div>
  );
}
