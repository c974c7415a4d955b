import type { JSX } from 'preact';

type IconName = 'lock' | 'upi' | 'card' | 'check' | 'cross' | 'alert';

const PATHS: Record<IconName, string> = {
  lock: 'M6 9V6.5a4 4 0 0 1 8 0V9M5 9h10v8H5z',
  upi: 'M7 2.5h6a1.5 1.5 0 0 1 1.5 1.5v12a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 16V4A1.5 1.5 0 0 1 7 2.5M9 15h2',
  card: 'M3.5 4.5h13a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 2 14V6a1.5 1.5 0 0 1 1.5-1.5M2 8.5h16M5 12.5h3',
  check: 'M4.5 10.5l4 4 7.5-9',
  cross: 'M5.5 5.5l9 9m0-9l-9 9',
  alert: 'M10 5.5v6m0 3v.1',
};

/** 20 × 20, drawn in the colour of the text beside it, silent to screen readers. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
