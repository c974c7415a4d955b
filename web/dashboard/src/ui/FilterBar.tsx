import { type ReactNode, useState } from 'react';
import { Button } from './Button.tsx';
import { classes } from './classes.ts';

interface FilterBarProps {
  /** Field and Select elements. */
  children: ReactNode;
  /** Present while any filter is set. */
  onClear?: (() => void) | undefined;
  /** At the other end: export. */
  actions?: ReactNode;
}

/** Filters in a row above a table; they wrap, and on a phone they stand two in a row behind a button. */
export function FilterBar({ children, onClear, actions }: FilterBarProps) {
  const [isOpen, setOpen] = useState(!!onClear);
  return (
    <div role="search" className={classes('filters', isOpen && 'open')} aria-label="Filters">
      {children}
      <div className="filter-actions">
        <Button
          isSmall
          icon="filter"
          className="filters-toggle"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          testId="toggle-filters"
        >
          {isOpen ? 'Hide filters' : 'Filters'}
        </Button>
        {/* It keeps its place while nothing is set, so that the first filter moves nothing. */}
        <Button
          isSmall
          variant="quiet"
          icon="cross"
          className={onClear ? '' : 'absent'}
          disabled={!onClear}
          onClick={onClear}
          testId={onClear && 'clear-filters'}
        >
          Clear
        </Button>
        {actions}
      </div>
    </div>
  );
}
