import { useMemo } from 'react';
import { useLocation } from 'react-router';
import { EXPORT, type PaymentQuery } from '../../api/payments.ts';
import { Card } from '../../ui/Card.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { formatCount } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { Table } from '../../ui/Table.tsx';
import { ZoneNote } from '../../ui/Time.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { useUrlState } from '../../ui/use-url-state.ts';
import { paymentColumns } from './columns.tsx';
import { Filters } from './Filters.tsx';
import { FILTER_NAMES, queryOf } from './filters.ts';
import type { LiveRows } from './live-rows.ts';
import { NoMatches, NoPayments } from './Nothing.tsx';
import './transactions.css';
import { useCursor } from './use-cursor.ts';
import { useLivePage } from './use-live-page.ts';

/** All payments, as of now. */
export default function Transactions() {
  const filters = useUrlState(FILTER_NAMES);
  const { search, state } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values are the address's
  const query = useMemo(() => queryOf(filters.values), [search]);
  const { cursor, pageNumber, toNext, toPrevious } = useCursor();
  const { page, error, refetch, isPlaceholderData } = useLivePage(query, cursor);
  const next = isPlaceholderData ? '' : page?.nextCursor;
  return (
    <>
      <PageHeader title="Transactions" actions={<ExportLink query={query} />}>
        <ZoneNote />
      </PageHeader>
      <Filters state={filters} error={error} />
      <Card isFlush>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!(error && !page) && (
          <Rows
            page={page}
            search={search}
            list={state}
            isStale={isPlaceholderData}
            onClear={filters.isSet ? filters.clear : null}
          />
        )}
        {!!page && (cursor || page.payments.length > 0) && (
          <Pager
            isBusy={isPlaceholderData}
            onPrevious={cursor ? toPrevious : undefined}
            onNext={next ? () => toNext(next) : undefined}
          >
            <span data-test-id="total">{formatCount(page.total)}</span> {page.total === 1 ? 'payment' : 'payments'}
            {pageNumber !== null && pageNumber > 1 && ` · page ${pageNumber}`}
          </Pager>
        )}
      </Card>
    </>
  );
}

interface RowsProps {
  page: LiveRows | undefined;
  search: string;
  list: unknown;
  isStale: boolean;
  /** Null without filters. */
  onClear: (() => void) | null;
}

function Rows({ page, search, list, isStale, onClear }: RowsProps) {
  useRowKeys();
  const columns = useMemo(() => paymentColumns(search, list), [search, list]);
  const rows = isStale && page?.payments.length === 0 ? undefined : page?.payments; // none before says nothing of now
  if (rows?.length === 0) {
    return <div data-test-id="transactions-table">{onClear ? <NoMatches onClear={onClear} /> : <NoPayments />}</div>;
  }
  return (
    <div className="payments">
      <Table
        caption="Payments, the newest first"
        testId="transactions-table"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowProps={({ id }) => ({
          'data-test-id': 'transaction-row',
          'data-payment-id': id,
          'data-arrived': page?.arrived.has(id) ? '' : undefined,
        })}
        isStale={isStale}
      />
    </div>
  );
}

/** A plain link: the browser downloads what the API streams. */
function ExportLink({ query }: { query: PaymentQuery }) {
  const chosen = new URLSearchParams(query as Record<string, string>).toString();
  return (
    <a className="button secondary" href={`${EXPORT}${chosen && `?${chosen}`}`} download data-test-id="export-link">
      <Icon name="download" />
      Export CSV
    </a>
  );
}
