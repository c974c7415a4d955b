import { Link } from 'react-router';
import type { Timeline, TimelineEntry } from '../../api/payments.ts';
import { deliveryPath } from '../../app/paths.ts';
import { StatusBadge } from '../../ui/Badge.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { Time } from '../../ui/Time.tsx';
import { type Delivery, type Step, stepsOf } from './steps.ts';

const MAX_ENTRIES = 500;

/** What happened, from the order to the last attempt at a webhook. */
export function TimelineCard({ timeline }: { timeline: Timeline }) {
  return (
    <Card title="Timeline">
      {timeline.entries.length >= MAX_ENTRIES && (
        <p className="soft">Only the newest {MAX_ENTRIES} entries are shown.</p>
      )}
      <ol className="steps" data-test-id="timeline">
        {stepsOf(timeline).map((step) => (
          <StepItem key={step.key} step={step} currency={timeline.payment.currency} />
        ))}
      </ol>
    </Card>
  );
}

function StepItem({ step, currency }: { step: Step; currency: string }) {
  const { at, title, event, tone, amount, delivery } = step;
  return (
    <li className={`step ${tone}`} data-test-id="timeline-step" data-event={event || 'order'}>
      <p className="step-head">
        <strong>{title}</strong>
        {amount !== null && <Money amount={amount} currency={currency} />}
        <Time at={at} isExact />
      </p>
      {event && (
        <p className="step-event">
          <span className="mono">{event}</span>
          {delivery ? <WebhookLink delivery={delivery} /> : <span>no webhook</span>}
        </p>
      )}
      {delivery && <Attempts delivery={delivery} />}
    </li>
  );
}

function WebhookLink({ delivery: { id, status } }: { delivery: Delivery }) {
  return (
    <>
      <Link to={deliveryPath(id)} data-test-id="delivery-link">
        Webhook
      </Link>
      <StatusBadge status={status} />
    </>
  );
}

function Attempts({ delivery: { attempts, status, nextRetryAt } }: { delivery: Delivery }) {
  if (!attempts.length && !nextRetryAt) return null;
  return (
    <ol className="attempts">
      {attempts.map((entry) => (
        <li key={entry.at} data-test-id="timeline-attempt">
          <span>Attempt {entry.attempt}</span>
          <span className={isDelivered(entry) ? 'good' : 'bad'}>{outcomeOf(entry)}</span>
          <span className="soft">{entry.duration_ms ?? 0} ms</span>
          <Time at={entry.at} />
        </li>
      ))}
      {status === 'pending' && nextRetryAt && (
        <li>
          <span className="soft">Next attempt</span>
          <Time at={nextRetryAt} />
        </li>
      )}
    </ol>
  );
}

function isDelivered({ response_code }: TimelineEntry): boolean {
  return !!response_code && response_code >= 200 && response_code < 300;
}

function outcomeOf({ response_code, error }: TimelineEntry): string {
  return response_code ? `HTTP ${response_code}` : (error ?? 'no answer');
}
