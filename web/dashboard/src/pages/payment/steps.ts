/** A payment's timeline as steps: each event with the attempts to deliver its webhook. */
import type { Timeline, TimelineEntry } from '../../api/payments.ts';

export type StepTone = 'good' | 'bad' | 'plain';

export interface Delivery {
  id: string;
  status: NonNullable<TimelineEntry['delivery_status']>;
  nextRetryAt: string | null;
  attempts: TimelineEntry[];
}

export interface Step {
  key: string;
  at: string;
  title: string;
  /** The event's name as webhooks have it; '' for the order. */
  event: string;
  tone: StepTone;
  /** Of a refund: what is given back. */
  amount: number | null;
  /** Null when no webhook was made of it: no address is set. */
  delivery: Delivery | null;
}

const WORDS: Record<string, { title: string; tone?: StepTone }> = {
  'payment.created': { title: 'Payment created' },
  'payment.pending': { title: 'Waiting for the bank' },
  'payment.success': { title: 'Payment succeeded', tone: 'good' },
  'payment.failed': { title: 'Payment failed', tone: 'bad' },
  'refund.created': { title: 'Refund created' },
  'refund.processed': { title: 'Refund processed', tone: 'good' },
  'refund.failed': { title: 'Refund failed', tone: 'bad' },
};

/** The oldest first, beginning with the order. */
export function stepsOf({ order, refunds, entries }: Timeline): Step[] {
  const amounts = new Map(refunds.map(({ id, amount }) => [id, amount]));
  const steps: Step[] = [orderStep(order)];
  const deliveries = new Map<string, Delivery>();
  for (const entry of entries) {
    const known = entry.delivery_id ? deliveries.get(entry.delivery_id) : undefined;
    if (known && entry.kind === 'attempt') known.attempts.push(entry);
    else steps.push(stepOf(entry, steps.length, amounts, deliveries));
  }
  return steps;
}

function orderStep({ created_at }: Timeline['order']): Step {
  return {
    key: 'order',
    at: created_at,
    title: 'Order created',
    event: '',
    tone: 'plain',
    amount: null,
    delivery: null,
  };
}

/** Also of an attempt whose event the bounded answer has left out. */
function stepOf(
  entry: TimelineEntry,
  at: number,
  amounts: Map<string, number>,
  deliveries: Map<string, Delivery>,
): Step {
  const { title, tone = 'plain' } = WORDS[entry.event] ?? { title: entry.event };
  const delivery = deliveryOf(entry);
  if (delivery) deliveries.set(delivery.id, delivery);
  return {
    key: `${at} ${entry.event}`,
    at: entry.at,
    title,
    event: entry.event,
    tone,
    amount: amounts.get(entry.subject_id) ?? null,
    delivery,
  };
}

function deliveryOf(entry: TimelineEntry): Delivery | null {
  if (!entry.delivery_id) return null;
  return {
    id: entry.delivery_id,
    status: entry.delivery_status ?? 'pending',
    nextRetryAt: entry.next_retry_at ?? null,
    attempts: entry.kind === 'attempt' ? [entry] : [],
  };
}
