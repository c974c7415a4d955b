import { type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

interface CardProps {
  title?: string;
  /** Beside the title. */
  actions?: ReactNode;
  children: ReactNode;
  /** Its content reaches its edges: for a table. */
  isFlush?: boolean;
  className?: string;
  testId?: string;
}

/** A titled section on paper. */
export function Card({ title, actions, children, isFlush, className, testId }: CardProps) {
  const heading = useId();
  return (
    <section
      className={classes('card', isFlush && 'flush', className)}
      aria-labelledby={title ? heading : undefined}
      data-test-id={testId}
    >
      {(title || actions) && (
        <header className="card-head">
          {title && <h2 id={heading}>{title}</h2>}
          {actions && <div className="card-actions">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
