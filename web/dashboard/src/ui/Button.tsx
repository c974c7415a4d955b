import type { ComponentProps, MouseEvent } from 'react';
import { Link, type LinkProps } from 'react-router';
import { classes } from './classes.ts';
import { Icon, type IconName } from './Icon.tsx';

interface Look {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger';
  isSmall?: boolean;
  icon?: IconName;
  testId?: string | undefined;
}

export interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Its work is being done: it keeps its place and its focus, and ignores clicks. */
  isBusy?: boolean;
}

function lookOf({ variant = 'secondary', isSmall }: Look, className?: string): string {
  return classes('button', variant, isSmall && 'small', className);
}

/** A button; `type="submit"` inside a form has to be said. */
export function Button({ variant, isSmall, icon, testId, isBusy, className, children, onClick, ...rest }: ButtonProps) {
  const act = (event: MouseEvent<HTMLButtonElement>) => (isBusy ? event.preventDefault() : onClick?.(event));
  return (
    <button
      type="button"
      {...rest}
      className={lookOf({ variant, isSmall }, className)}
      data-test-id={testId}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      onClick={act}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link of the dashboard that looks like a button. */
export function LinkButton({ variant, isSmall, icon, testId, className, children, ...rest }: LinkProps & Look) {
  return (
    <Link {...rest} className={lookOf({ variant, isSmall }, className)} data-test-id={testId}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}
