import type { ReactNode } from 'react';
import { messageOf } from '../api/errors.ts';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

/** What failed and what to do. `children` replaces the text that the error itself gives. */
export function ErrorNote({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  return (
    <div className="error-note" role="alert" data-test-id="error-note">
      <Icon name="alert" />
      <p>{children || messageOf(error)}</p>
      {onRetry && (
        <Button isSmall icon="refresh" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
