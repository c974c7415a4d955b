import type { ReactNode } from 'react';
import type { CurrencyAmount, Summary } from '../../api/dashboard.ts';
import { formatCount, formatMoney } from '../../ui/format.ts';
import { Bar } from '../../ui/Skeleton.tsx';

/** The period's totals; skeletons until they are known. */
export function Stats({ summary }: { summary: Summary | undefined }) {
  const money = (amounts: CurrencyAmount[] | undefined) => summary && moneyLines(amounts ?? [], summary.currency);
  const [volume, otherVolume] = money(summary?.amounts) ?? [];
  const [refunded, otherRefunded] = money(summary?.refunded) ?? [];
  return (
    <dl className="stats" data-test-id="stats-container">
      <Stat label="Transactions" testId="total-transactions" note={summary && pendingNote(summary)}>
        {summary && formatCount(summary.payments)}
      </Stat>
      <Stat label="Volume" testId="total-amount" note={summary && (otherVolume ?? 'of successful payments')}>
        {volume}
      </Stat>
      <Stat label="Success rate" testId="success-rate" note={summary && outcomeNote(summary)}>
        {summary && (summary.success_rate === null ? '–' : `${summary.success_rate}%`)}
      </Stat>
      <Stat label="Refunded" testId="total-refunded" note={summary && (otherRefunded ?? 'to payers')}>
        {refunded}
      </Stat>
    </dl>
  );
}

/** The main currency's amount, and the others in a line below. */
function moneyLines(amounts: CurrencyAmount[], main: string): [string, string | undefined] {
  const [first, ...rest] = amounts.toSorted((a, b) => Number(b.currency === main) - Number(a.currency === main));
  const others = rest.map(({ amount, currency }) => formatMoney(amount, currency)).join(' · ');
  return [formatMoney(first?.amount ?? 0, first?.currency ?? main), others ? `and ${others}` : undefined];
}

function pendingNote({ payments, pending }: Summary): string {
  if (!payments) return 'in this period';
  return pending ? `${formatCount(pending)} under way` : 'all settled';
}

function outcomeNote({ successful, failed }: Summary): string {
  return `${formatCount(successful)} successful, ${formatCount(failed)} failed`;
}

interface StatProps {
  label: string;
  testId: string;
  note: string | undefined;
  children: ReactNode;
}

function Stat({ label, testId, note, children }: StatProps) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className="stat-value" data-test-id={testId}>
        {children ?? <Bar />}
      </dd>
      <dd className="stat-note">{note ?? <Bar />}</dd>
    </div>
  );
}
