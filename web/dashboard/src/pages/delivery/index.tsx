import { useParams } from 'react-router';
import { ApiError } from '../../api/errors.ts';
import { type DeliveryDetails, useDelivery } from '../../api/webhooks.ts';
import { PATHS } from '../../app/paths.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { LinkButton } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Code } from '../../ui/Code.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { RetryButton } from '../../ui/RetryButton.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { Attempts } from './Attempts.tsx';
import { curlOf } from './curl.ts';
import './delivery.css';
import { Payload } from './Payload.tsx';
import { Summary } from './Summary.tsx';

const BACK = { to: PATHS.webhooks, label: 'Webhooks' };

/** One webhook: what was sent, what came back, and how to send it again. */
export default function Delivery() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useDelivery(id);
  if (data) return <Found delivery={data} />;
  return (
    <>
      <PageHeader title="Delivery" back={BACK} />
      {!error && <Skeleton lines={8} />}
      {error && isMissing(error) && (
        <Card>
          <Empty
            title="There is no such delivery"
            icon="webhook"
            action={<LinkButton to={PATHS.webhooks}>All deliveries</LinkButton>}
            testId="no-delivery"
          >
            It may belong to another merchant.
          </Empty>
        </Card>
      )}
      {error && !isMissing(error) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </>
  );
}

function isMissing(error: Error): boolean {
  return error instanceof ApiError && error.status === 404;
}

function Found({ delivery }: { delivery: DeliveryDetails }) {
  const { id, event, status } = delivery;
  const curl = curlOf(delivery);
  return (
    <>
      <PageHeader
        title={`${event} delivery`}
        back={BACK}
        heading={
          <span className="delivery-heading">
            <span>{event}</span> <StatusBadge status={status} testId="webhook-status" />
          </span>
        }
        actions={
          <>
            <LinkButton to={`${PATHS.webhooks}?view=debugger&delivery=${encodeURIComponent(id)}`} icon="search">
              Debug signature
            </LinkButton>
            <RetryButton id={id} hasSucceeded={status === 'success'} />
          </>
        }
      />
      <div className="stack">
        <Summary delivery={delivery} />
        <Attempts attempts={delivery.attempt_log} />
        <Payload body={delivery.payload} />
        {curl && (
          <Card title="Send it again yourself">
            <div className="stack">
              <Code code={curl} label="curl" isWrapped testId="delivery-curl" />
              <p className="note">
                {delivery.attempt_log.length
                  ? 'Signed as in the last attempt. Standard Webhooks libraries refuse its timestamp after five minutes.'
                  : 'It has no signature yet: the first attempt adds one.'}
              </p>
            </div>
          </Card>
        )}
      </div>
    </>
  );
}
