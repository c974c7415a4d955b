import { Link } from 'react-router';
import { type Queue, type Queues, useQueues } from '../../api/dashboard.ts';
import { PATHS } from '../../app/paths.ts';
import { Badge, type Tone } from '../../ui/Badge.tsx';
import { Card } from '../../ui/Card.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { formatCount, formatSeconds } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/Table.tsx';

const LATE_S = 30;
const VERY_LATE_S = 300;

const NAMES: Record<Queue['name'], string> = {
  'payment-processing': 'Payments',
  'refund-processing': 'Refunds',
  'webhook-delivery': 'Webhooks',
};

const COLUMNS: Column<Queue>[] = [
  { head: 'Queue', isMain: true, cell: ({ name }) => NAMES[name] ?? name },
  { head: 'Waiting', align: 'end', testId: 'queue-depth', cell: ({ depth }) => formatCount(depth) },
  { head: 'Due now', align: 'end', testId: 'queue-due', cell: ({ due }) => formatCount(due) },
  {
    head: 'Oldest due',
    align: 'end',
    testId: 'queue-oldest-due',
    cell: ({ oldest_due_seconds: age }) => <Age age={age} />,
  },
  { head: 'In flight', align: 'end', testId: 'queue-in-flight', cell: ({ in_flight }) => formatCount(in_flight) },
  { head: 'Workers', testId: 'queue-workers', cell: ({ workers }) => <Workers workers={workers} /> },
];

/** The gateway's queues beside the merchant's own trouble: what waits, how long, and who works on it. */
export function QueueHealth() {
  const { data, error, refetch } = useQueues();
  return (
    <Card title="Queue health" isFlush testId="queue-health" actions={data && <Trouble queues={data} />}>
      {error && !data ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : (
        <Table
          caption="Queues, what waits in them and the workers on them"
          columns={COLUMNS}
          rows={data?.queues}
          skeletons={Object.keys(NAMES).length}
          rowKey={({ name }) => name}
          rowProps={({ name }) => ({ 'data-test-id': 'queue-row', 'data-queue': name })}
        />
      )}
    </Card>
  );
}

function Age({ age }: { age: number | null }) {
  if (age === null) return <span className="soft">–</span>;
  const tone: Tone = age >= VERY_LATE_S ? 'bad' : age >= LATE_S ? 'warn' : 'plain';
  return <Badge tone={tone}>{formatSeconds(age)}</Badge>;
}

function Workers({ workers }: { workers: Queue['workers'] }) {
  const running = workers.filter(({ status }) => status === 'running');
  if (!running.length) return <Badge tone="bad">none running</Badge>;
  const beat = Math.min(...running.map(({ last_beat_seconds }) => last_beat_seconds));
  const stopped = workers.length - running.length;
  return (
    <span className="workers">
      <Badge tone="good">{running.length} running</Badge>
      {stopped > 0 && <Badge tone="bad">{stopped} stopped</Badge>}
      <span className="soft">heard {formatSeconds(beat)} ago</span>
    </span>
  );
}

function Trouble({ queues }: { queues: Queues }) {
  const { failed_deliveries: failed, retrying_deliveries: retrying, requires_review: unclear } = queues;
  return (
    <>
      {retrying > 0 && (
        <Count
          to={`${PATHS.webhooks}?status=pending`}
          count={retrying}
          words={['delivery is failing', 'deliveries are failing']}
          testId="retrying-deliveries"
        />
      )}
      <Count
        to={`${PATHS.webhooks}?status=failed`}
        count={failed}
        words={['failed delivery', 'failed deliveries']}
        testId="failed-deliveries"
      />
      <Count
        to={`${PATHS.transactions}?requires_review=true`}
        count={unclear}
        words={['needs review', 'need review']}
        testId="requires-review"
      />
    </>
  );
}

interface CountProps {
  to: string;
  count: number;
  words: [one: string, many: string];
  testId: string;
}

function Count({ to, count, words, testId }: CountProps) {
  return (
    <Link className={count ? 'badge bad' : 'badge'} to={to} data-test-id={testId}>
      {formatCount(count)} {words[count === 1 ? 0 : 1]}
    </Link>
  );
}
