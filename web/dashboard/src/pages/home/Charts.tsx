import type { Bucket, Summary } from '../../api/dashboard.ts';
import { PATHS } from '../../app/paths.ts';
import { LinkButton } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { type ChartBucket, Columns } from '../../ui/charts/Columns.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { formatCount, formatDate, formatHour, formatMoney, formatMoneyShort } from '../../ui/format.ts';
import { Skeleton } from '../../ui/Skeleton.tsx';

/** Money and outcomes over the period. */
export function Charts({ summary, period }: { summary: Summary | undefined; period: string }) {
  if (summary?.payments === 0) return <NoPayments period={period} />;
  return (
    <div className="columns">
      <Card title="Volume">{summary ? <Volume summary={summary} period={period} /> : <Skeleton lines={9} />}</Card>
      <Card title="Outcomes">{summary ? <Outcomes summary={summary} period={period} /> : <Skeleton lines={9} />}</Card>
    </div>
  );
}

function Volume({ summary, period }: { summary: Summary; period: string }) {
  const { currency, series, interval } = summary;
  return (
    <Columns
      summary={`Volume of successful payments in ${currency}, last ${period}, by ${interval}`}
      series={[{ name: 'Volume', tone: 'accent' }]}
      buckets={series.map((bucket) => chartBucket(bucket, interval, [bucket.amount]))}
      format={(amount) => formatMoney(amount, currency)}
      formatShort={(amount) => formatMoneyShort(amount, currency)}
      testId="volume-chart"
    />
  );
}

function Outcomes({ summary, period }: { summary: Summary; period: string }) {
  const { series, interval } = summary;
  return (
    <Columns
      summary={`Successful and failed payments, last ${period}, by ${interval}`}
      series={[
        { name: 'Successful', tone: 'good' },
        { name: 'Failed', tone: 'bad' },
      ]}
      buckets={series.map((bucket) => chartBucket(bucket, interval, [bucket.successful, bucket.failed]))}
      format={formatCount}
      formatShort={formatCount}
      testId="success-chart"
    />
  );
}

function chartBucket({ start }: Bucket, interval: Summary['interval'], values: number[]): ChartBucket {
  if (interval === 'day') return { key: start, short: formatDate(start), label: formatDate(start), values };
  return { key: start, short: formatHour(start), label: `${formatDate(start)}, ${formatHour(start)}`, values };
}

function NoPayments({ period }: { period: string }) {
  return (
    <Card>
      <Empty
        icon="list"
        title={`No payments in the last ${period}`}
        testId="no-payments"
        action={
          <LinkButton to={PATHS.docs} variant="primary">
            Take a payment
          </LinkButton>
        }
      >
        Create an order with your API key, then pay it: the docs have the commands ready to paste. The payment appears
        here as it happens.
      </Empty>
    </Card>
  );
}
