import type { Refund } from '../../api/payments.ts';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Card } from '../../ui/Card.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { Id } from '../../ui/Facts.tsx';
import { Money } from '../../ui/Money.tsx';
import { Time } from '../../ui/Time.tsx';

/** What was given back, the newest first. */
export function Refunds({ refunds, currency }: { refunds: readonly Refund[]; currency: string }) {
  return (
    <Card title="Refunds">
      <ul className="refunds">
        {refunds.map((refund) => (
          <RefundItem key={refund.id} refund={refund} currency={currency} />
        ))}
      </ul>
    </Card>
  );
}

function RefundItem({ refund, currency }: { refund: Refund; currency: string }) {
  const { id, amount, status, reason, created_at, processed_at, requires_review, error_description } = refund;
  return (
    <li data-test-id="refund" data-refund-id={id}>
      <p className="refund-head">
        <strong data-test-id="refund-amount">
          <Money amount={amount} currency={currency} />
        </strong>
        <StatusBadge status={status} testId="refund-status" />
        {requires_review && <Badge tone="warn">review</Badge>}
        <Time at={processed_at ?? created_at} />
      </p>
      {reason && <p data-test-id="refund-reason">{reason}</p>}
      {error_description && <p className="refund-error">{error_description}</p>}
      <p className="copied-id soft">
        <Id>{id}</Id>
        <Copy text={id} what="refund id" />
      </p>
    </li>
  );
}
