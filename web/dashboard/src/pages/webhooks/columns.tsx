import { Link } from 'react-router';
import type { Delivery } from '../../api/webhooks.ts';
import { deliveryPath } from '../../app/paths.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Id } from '../../ui/Facts.tsx';
import { RetryButton } from '../../ui/RetryButton.tsx';
import type { Column } from '../../ui/Table.tsx';
import { Time } from '../../ui/Time.tsx';

export const DELIVERY_COLUMNS: readonly Column<Delivery>[] = [
  {
    head: 'Event',
    testId: 'webhook-event',
    isMain: true,
    cell: ({ id, event }) => (
      <Link className="row-link mono" to={deliveryPath(id)}>
        {event}
      </Link>
    ),
  },
  { head: 'Id', drop: 'first', cell: ({ subject_id }) => <Id>{subject_id}</Id> },
  { head: 'Status', testId: 'webhook-status', cell: ({ status }) => <StatusBadge status={status} /> },
  { head: 'Attempts', testId: 'webhook-attempts', align: 'end', cell: ({ attempts }) => attempts },
  {
    head: 'Last attempt',
    testId: 'webhook-last-attempt',
    cell: ({ last_attempt_at }) => <Time at={last_attempt_at} />,
  },
  { head: 'Response', testId: 'webhook-response-code', cell: responseOf },
  {
    head: 'Retry',
    isHeadHidden: true,
    align: 'end',
    cell: ({ id, status }) => <RetryButton id={id} isSmall hasSucceeded={status === 'success'} />,
  },
];

/** The code; without one, what went wrong. */
function responseOf({ response_code, last_error }: Delivery) {
  if (response_code !== null) return response_code;
  return last_error ? (
    <span className="delivery-error">{last_error.replaceAll('_', ' ')}</span>
  ) : (
    <span className="soft">–</span>
  );
}
