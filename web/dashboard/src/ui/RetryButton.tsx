import { messageOf } from '../api/errors.ts';
import { useRetry } from '../api/webhooks.ts';
import { Button } from './Button.tsx';
import { useToast } from './Toast.tsx';

/** Sends one delivery again, with all its attempts; one that has succeeded as well. */
export function RetryButton({ id, isSmall, hasSucceeded }: { id: string; isSmall?: boolean; hasSucceeded?: boolean }) {
  const retry = useRetry();
  const toast = useToast();
  const start = () =>
    retry.mutate(id, {
      onSuccess: ({ message }) => toast(message),
      onError: (error) => toast(messageOf(error), 'bad'),
    });
  return (
    <Button
      icon="refresh"
      {...(isSmall ? { isSmall } : {})}
      isBusy={retry.isPending}
      onClick={start}
      testId={hasSucceeded ? 'send-again-button' : 'retry-webhook-button'}
      data-webhook-id={id}
    >
      {hasSucceeded ? 'Send again' : 'Retry'}
    </Button>
  );
}
