import { Link } from 'react-router';
import type { DeliveryDetails } from '../../api/webhooks.ts';
import { paymentPath } from '../../app/paths.ts';
import { Card } from '../../ui/Card.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { Time } from '../../ui/Time.tsx';

/** Where the delivery stands. */
export function Summary({ delivery }: { delivery: DeliveryDetails }) {
  const { id, subject_id, url, status, attempts, created_at, next_retry_at } = delivery;
  const facts = [
    {
      label: 'Delivery',
      value: (
        <>
          <Id>{id}</Id> <Copy text={id} what="delivery id" />
        </>
      ),
      testId: 'delivery-id',
    },
    { label: 'About', value: <Subject id={subject_id} payload={delivery.payload} />, testId: 'delivery-subject' },
    { label: 'Endpoint', value: url ? <Id>{url}</Id> : 'None configured', testId: 'delivery-url' },
    { label: 'Attempts', value: attempts, testId: 'webhook-attempts' },
    { label: 'Event happened', value: <Time at={created_at} isExact /> },
  ];
  if (status === 'pending')
    facts.push({ label: 'Next attempt', value: <Time at={next_retry_at} />, testId: 'next-retry' });
  return (
    <Card title="Delivery">
      <Facts facts={facts} />
      {delivery.last_error === 'no_url' && (
        <p className="note fault">There was no endpoint to send it to. Configure one under Webhooks, then retry.</p>
      )}
    </Card>
  );
}

/** A payment's page tells the rest of its story; a refund's is its payment's. */
function Subject({ id, payload }: { id: string; payload: string }) {
  const paymentId = id.startsWith('pay_') ? id : refundedPayment(payload);
  return paymentId ? (
    <Link to={paymentPath(paymentId)} className="id">
      {id}
    </Link>
  ) : (
    <Id>{id}</Id>
  );
}

function refundedPayment(payload: string): string | null {
  try {
    const id: unknown = JSON.parse(payload)?.data?.refund?.payment_id;
    return typeof id === 'string' && id.startsWith('pay_') ? id : null;
  } catch {
    return null;
  }
}
