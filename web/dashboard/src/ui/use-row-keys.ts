/** j and k, and the arrows once a row has the focus, go through the rows of a list; Enter opens its link as ever. */
import { useEffect } from 'react';

const STEPS: Record<string, number> = { j: 1, k: -1 };
const FOCUSED_STEPS: Record<string, number> = { ...STEPS, ArrowDown: 1, ArrowUp: -1 };
const TYPING = 'input, textarea, select, [contenteditable]';

function onKey(event: KeyboardEvent): void {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (target instanceof HTMLElement && target.matches(TYPING)) return;
  if (document.querySelector('dialog[open]')) return;
  const links = [...document.querySelectorAll<HTMLElement>('.row-link')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const step = (at < 0 ? STEPS : FOCUSED_STEPS)[key];
  if (step === undefined) return;
  const next = at < 0 ? links[0] : links[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.closest('tr')?.scrollIntoView({ block: 'nearest' });
}

/** For a page with one table of `row-link`s. */
export function useRowKeys(): void {
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
