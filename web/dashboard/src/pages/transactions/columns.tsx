import { Link } from 'react-router';
import { instrumentOf, type Payment } from '../../api/payments.ts';
import { paymentPath } from '../../app/paths.ts';
import { Money } from '../../ui/Money.tsx';
import { PaymentStatus } from '../../ui/PaymentStatus.tsx';
import type { Column } from '../../ui/Table.tsx';
import { Time } from '../../ui/Time.tsx';

/** `search` and `list`: the list's own address and state, for the way back. */
export function paymentColumns(search: string, list: unknown): Column<Payment>[] {
  return [
    {
      head: 'Payment',
      testId: 'payment-id',
      isMain: true,
      cell: ({ id }) => (
        <Link className="row-link id" to={paymentPath(id)} state={{ search, list }}>
          {id}
        </Link>
      ),
    },
    {
      head: 'Amount',
      testId: 'amount',
      align: 'end',
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
    },
    { head: 'Status', cell: (payment) => <PaymentStatus payment={payment} /> },
    {
      head: 'Method',
      cell: (payment) => (
        <span className="paid-with">
          <span data-test-id="method">{payment.method}</span> <span className="soft">{instrumentOf(payment)}</span>
        </span>
      ),
    },
    {
      head: 'Receipt',
      testId: 'receipt',
      drop: 'second',
      cell: ({ receipt }) => receipt && <span className="receipt">{receipt}</span>,
    },
    {
      head: 'Order',
      testId: 'order-id',
      drop: 'first',
      cell: ({ order_id }) => <span className="id soft">{order_id}</span>,
    },
    { head: 'Created', testId: 'created-at', cell: ({ created_at }) => <Time at={created_at} /> },
  ];
}
