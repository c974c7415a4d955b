/** Keys for those who stay all day. They are silent while something is typed or a dialog is open. */
import { useEffect, useEffectEvent } from 'react';
import { useNavigate } from 'react-router';
import { PATHS } from './paths.ts';

const SEQUENCE_MS = 1_200;

export const GO_TO: Record<string, { path: string; label: string }> = {
  h: { path: PATHS.home, label: 'Home' },
  t: { path: PATHS.transactions, label: 'Transactions' },
  w: { path: PATHS.webhooks, label: 'Webhooks' },
  k: { path: PATHS.keys, label: 'API keys' },
  s: { path: PATHS.settings, label: 'Settings' },
  d: { path: PATHS.docs, label: 'Docs' },
};

/** Whether keys go into a field. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** `/` searches, `?` shows the help, `g` and a letter go to a page. */
export function useShortcuts(onSearch: () => void, onHelp: () => void): void {
  const navigate = useNavigate();
  const act = useEffectEvent((key: string, isAfterG: boolean) => {
    const target = isAfterG ? GO_TO[key] : undefined;
    if (target) navigate(target.path);
    else if (key === '/') onSearch();
    else if (key === '?') onHelp();
    else return false;
    return true;
  });
  useEffect(() => {
    let pressedAtMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const isAfterG = event.timeStamp - pressedAtMs < SEQUENCE_MS;
      pressedAtMs = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (act(event.key, isAfterG)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
