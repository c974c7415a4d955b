import { useState } from 'react';
import { useLocation, useParams } from 'react-router';
import { ApiError } from '../../api/errors.ts';
import type { Payment, Timeline } from '../../api/payments.ts';
import { PATHS } from '../../app/paths.ts';
import { Button, LinkButton } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Money } from '../../ui/Money.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PaymentStatus } from '../../ui/PaymentStatus.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { CaptureDialog } from './CaptureDialog.tsx';
import { OrderDetails, PaymentDetails } from './Details.tsx';
import './payment.css';
import { RefundDialog } from './RefundDialog.tsx';
import { Refunds } from './Refunds.tsx';
import { TimelineCard } from './TimelineCard.tsx';
import { useLiveTimeline } from './use-live-timeline.ts';

/** One payment, all that happened around it, and what can be done with it. */
export default function PaymentPage() {
  const { id = '' } = useParams();
  const { data: timeline, error, refetch } = useLiveTimeline(id);
  const back = useWayBack();
  if (error instanceof ApiError && error.status === 404) return <NoSuchPayment id={id} />;
  return (
    <>
      <PageHeader
        title={`Payment ${id}`}
        heading={timeline ? <Heading payment={timeline.payment} /> : 'Payment'}
        back={back}
        actions={timeline && <Actions payment={timeline.payment} />}
      />
      <div className="stack">
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {timeline ? <Content timeline={timeline} /> : !error && <Loading />}
      </div>
    </>
  );
}

/** To the list as it was left. */
function useWayBack() {
  const { state } = useLocation() as { state: { search?: string; list?: unknown } | null };
  return { to: PATHS.transactions + (state?.search ?? ''), label: 'Transactions', state: state?.list };
}

function Heading({ payment }: { payment: Payment }) {
  return (
    <span className="payment-heading">
      <span data-test-id="amount">
        <Money amount={payment.amount} currency={payment.currency} />
      </span>
      <PaymentStatus payment={payment} />
    </span>
  );
}

function Actions({ payment }: { payment: Payment }) {
  const [open, setOpen] = useState<'capture' | 'refund' | null>(null);
  const close = () => setOpen(null);
  const hasSucceeded = payment.status === 'success';
  return (
    <>
      {hasSucceeded && payment.amount_refunded < payment.amount && (
        <Button icon="refund" onClick={() => setOpen('refund')} testId="refund-button">
          Refund
        </Button>
      )}
      {hasSucceeded && !payment.captured && (
        <Button variant="primary" icon="check" onClick={() => setOpen('capture')} testId="capture-button">
          Capture
        </Button>
      )}
      {open === 'refund' && <RefundDialog payment={payment} onClose={close} />}
      {open === 'capture' && <CaptureDialog payment={payment} onClose={close} />}
    </>
  );
}

function Content({ timeline }: { timeline: Timeline }) {
  const { payment, refunds } = timeline;
  return (
    <>
      {payment.requires_review && <ReviewNote />}
      <div className="columns">
        <div className="stack">
          <PaymentDetails timeline={timeline} />
          <OrderDetails timeline={timeline} />
        </div>
        <div className="stack">
          {refunds.length > 0 && <Refunds refunds={refunds} currency={payment.currency} />}
          <TimelineCard timeline={timeline} />
        </div>
      </div>
    </>
  );
}

/** Shown while the bank owes an answer for long. */
function ReviewNote() {
  return (
    <div className="review-note" role="note" data-test-id="review-note">
      <Icon name="alert" />
      <p>
        <strong>The bank has not reported the outcome of this payment.</strong> The gateway keeps querying its status
        and does not charge again. Until the status changes, do not ship, and do not let the buyer pay again: first ask
        your bank about the payment's id.
      </p>
    </div>
  );
}

function NoSuchPayment({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="Payment not found" back={useWayBack()} />
      <Empty
        icon="search"
        title="There is no such payment"
        action={<LinkButton to={PATHS.transactions}>All transactions</LinkButton>}
        testId="not-found"
      >
        No payment of yours has the id <span className="id">{id}</span>. Check that it was copied whole.
      </Empty>
    </>
  );
}

function Loading() {
  return (
    <div className="columns">
      <Card title="Payment">
        <Skeleton lines={6} />
      </Card>
      <Card title="Timeline">
        <Skeleton lines={6} />
      </Card>
    </div>
  );
}
