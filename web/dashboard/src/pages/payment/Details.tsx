import type { ReactNode } from 'react';
import { instrumentOf, type Timeline } from '../../api/payments.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Card } from '../../ui/Card.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { Money } from '../../ui/Money.tsx';
import { Time } from '../../ui/Time.tsx';

interface Fact {
  label: string;
  value: ReactNode;
  testId?: string;
}

function CopiedId({ children, what }: { children: string; what: string }) {
  return (
    <span className="copied-id">
      <Id>{children}</Id>
      <Copy text={children} what={what} />
    </span>
  );
}

/** What the payment itself says. */
export function PaymentDetails({ timeline: { payment } }: { timeline: Timeline }) {
  const { id, amount, currency, method, captured, amount_refunded, error_code, error_description } = payment;
  const facts: (Fact | false)[] = [
    { label: 'Payment', value: <CopiedId what="payment id">{id}</CopiedId>, testId: 'payment-id' },
    {
      label: 'Method',
      value: (
        <>
          <span data-test-id="method">{method}</span> <span data-test-id="instrument">{instrumentOf(payment)}</span>
        </>
      ),
    },
    { label: 'Captured', value: captured ? 'Yes' : 'No', testId: 'captured' },
    {
      label: 'Refunded',
      value: (
        <>
          <Money amount={amount_refunded} currency={currency} />
          <span className="soft"> of </span>
          <Money amount={amount} currency={currency} />
        </>
      ),
      testId: 'amount-refunded',
    },
    !!error_code && {
      label: 'Failed because',
      value: (
        <>
          {error_description} <span className="mono soft">{error_code}</span>
        </>
      ),
      testId: 'payment-error',
    },
    { label: 'Created', value: <Time at={payment.created_at} isExact />, testId: 'created-at' },
    { label: 'Changed', value: <Time at={payment.updated_at} isExact /> },
  ];
  return (
    <Card title="Payment">
      <Facts facts={facts.filter((fact) => fact !== false)} />
    </Card>
  );
}

/** The order that it pays, with what the merchant wrote on it. */
export function OrderDetails({ timeline: { order } }: { timeline: Timeline }) {
  const { id, amount, currency, receipt, notes, status, created_at } = order;
  return (
    <Card title="Order">
      <Facts
        facts={[
          { label: 'Order', value: <CopiedId what="order id">{id}</CopiedId>, testId: 'order-id' },
          { label: 'Amount', value: <Money amount={amount} currency={currency} /> },
          { label: 'Status', value: <StatusBadge status={status} /> },
          { label: 'Receipt', value: receipt ?? <span className="soft">–</span>, testId: 'receipt' },
          { label: 'Notes', value: <Notes notes={notes} />, testId: 'notes' },
          { label: 'Created', value: <Time at={created_at} isExact /> },
        ]}
      />
    </Card>
  );
}

function Notes({ notes }: { notes: Record<string, unknown> }) {
  const all = Object.entries(notes);
  if (!all.length) return <span className="soft">–</span>;
  return (
    <dl className="notes">
      {all.map(([name, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof note === 'string' ? note : JSON.stringify(note)}</dd>
        </div>
      ))}
    </dl>
  );
}
