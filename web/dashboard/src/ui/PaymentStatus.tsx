import type { Payment } from '../api/payments.ts';
import { Badge, StatusBadge } from './Badge.tsx';

/** A payment's status as the API names it, and beside it what else is to be known at a glance. */
export function PaymentStatus({ payment }: { payment: Payment }) {
  const { status, amount, amount_refunded, requires_review } = payment;
  return (
    <span className="badges">
      <StatusBadge status={status} testId="status" />
      {amount_refunded > 0 && <Badge>{amount_refunded < amount ? 'part refunded' : 'refunded'}</Badge>}
      {requires_review && <Badge tone="warn">review</Badge>}
    </span>
  );
}
