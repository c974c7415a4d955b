import type { ReactNode } from 'react';
import { Button } from './Button.tsx';

interface PagerProps {
  /** "1–25 of 4,210". */
  children?: ReactNode;
  /** Absent where there is no such page. */
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  isBusy?: boolean;
}

/** Below a table: what part of it is shown, and the ways to the next. */
export function Pager({ children, onPrevious, onNext, isBusy }: PagerProps) {
  return (
    <nav className="pager" aria-label="Pages of the list" aria-busy={isBusy}>
      <p>{children}</p>
      <Button isSmall icon="left" disabled={!onPrevious} onClick={onPrevious} testId="previous-page">
        Previous
      </Button>
      <Button isSmall disabled={!onNext} onClick={onNext} testId="next-page">
        Next
      </Button>
    </nav>
  );
}
