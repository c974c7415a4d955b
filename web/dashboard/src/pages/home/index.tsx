import { type Days, PERIODS, useLiveTotals, useSummary } from '../../api/dashboard.ts';
import { classes } from '../../ui/classes.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { ZoneNote } from '../../ui/Time.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { Charts } from './Charts.tsx';
import { Credentials } from './Credentials.tsx';
import './home.css';
import { QueueHealth } from './QueueHealth.tsx';
import { Stats } from './Stats.tsx';

const DEFAULT_DAYS: Days = 30;
const LABELS: Record<Days, string> = { 1: '24 hours', 7: '7 days', 30: '30 days', 90: '90 days' };

/** Where the merchant's business and the gateway stand. */
export default function HomePage() {
  const { values, set } = useUrlState(['days']);
  const days = PERIODS.find((each) => String(each) === values.days) ?? DEFAULT_DAYS;
  const { data: summary, error, refetch, isPlaceholderData } = useSummary(days);
  useLiveTotals();
  return (
    <div data-test-id="dashboard">
      <PageHeader
        title="Home"
        actions={
          <Segments
            label="Period"
            options={PERIODS.map((each) => ({ value: String(each), label: LABELS[each] }))}
            value={String(days)}
            onChange={(value) => set({ days: value === String(DEFAULT_DAYS) ? '' : value })}
            testId="period"
          />
        }
      >
        <ZoneNote />
      </PageHeader>
      <div className="stack">
        {error && !summary && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {(summary || !error) && (
          <div className={classes('stack', isPlaceholderData && 'stale')}>
            <Stats summary={summary} />
            <Charts summary={summary} period={LABELS[days]} />
          </div>
        )}
        <QueueHealth />
        <Credentials />
      </div>
    </div>
  );
}
