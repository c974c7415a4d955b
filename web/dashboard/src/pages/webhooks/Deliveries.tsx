import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { ApiError } from '../../api/errors.ts';
import { type Delivery, PAGE_ROWS, useDeliveries, useLiveLog, useWebhookConfig } from '../../api/webhooks.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { formatCount } from '../../ui/format.ts';
import { Pager } from '../../ui/Pager.tsx';
import { Table } from '../../ui/Table.tsx';
import { useRowKeys } from '../../ui/use-row-keys.ts';
import { useUrlState } from '../../ui/use-url-state.ts';
import { DELIVERY_COLUMNS } from './columns.tsx';
import { FILTER_NAMES, Filters } from './Filters.tsx';
import { RetryFailedDialog } from './RetryFailedDialog.tsx';

const MAX_PAGE = 5_000;

/** The delivery log. */
export function Deliveries() {
  const filters = useUrlState(FILTER_NAMES);
  const [page, toPage] = usePage();
  const [isRetrying, setRetrying] = useState(false);
  const list = useDeliveries({ ...filters.values, offset: (page - 1) * PAGE_ROWS });
  useLiveLog();
  const { data, error, isPlaceholderData } = list;
  const last = data ? data.offset + data.data.length : 0;
  return (
    <Card
      isFlush
      title="Deliveries"
      actions={
        <Button isSmall icon="refresh" onClick={() => setRetrying(true)} testId="retry-failed-button">
          Retry failed…
        </Button>
      }
    >
      <Filters state={filters} error={error} />
      {error && <Failed error={error} onRetry={() => void list.refetch()} onClear={filters.clear} />}
      {!(error && !data) && (
        <Rows
          rows={data?.data}
          isStale={isPlaceholderData}
          onClear={filters.isSet ? filters.clear : null}
          onFirst={page > 1 ? () => toPage(1) : null}
        />
      )}
      {data && data.total > 0 && (
        <Pager
          isBusy={isPlaceholderData}
          onPrevious={page > 1 ? () => toPage(page - 1) : undefined}
          onNext={last < data.total && !isPlaceholderData ? () => toPage(page + 1) : undefined}
        >
          {data.data.length > 0 && `${formatCount(data.offset + 1)}–${formatCount(last)} of `}
          <span data-test-id="delivery-total">{formatCount(data.total)}</span>
        </Pager>
      )}
      <RetryFailedDialog isOpen={isRetrying} onClose={() => setRetrying(false)} />
    </Card>
  );
}

/** The page's number in the address; filters drop it. */
function usePage(): [number, (page: number) => void] {
  const [params, setParams] = useSearchParams();
  const page = Math.min(MAX_PAGE, Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1));
  const toPage = (next: number) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      if (next > 1) after.set('page', String(next));
      else after.delete('page');
      return after;
    });
  return [page, toPage];
}

/** What is wrong with a filter stands at it; here is the way out. */
function Failed({ error, onRetry, onClear }: { error: Error; onRetry(): void; onClear(): void }) {
  if (!(error instanceof ApiError && error.field)) return <ErrorNote error={error} onRetry={onRetry} />;
  return (
    <Empty
      icon="filter"
      title="The log cannot be filtered like this"
      action={<Button onClick={onClear}>Clear filters</Button>}
      testId="bad-filters"
    />
  );
}

interface RowsProps {
  rows: readonly Delivery[] | undefined;
  isStale: boolean;
  /** Null without filters. */
  onClear: (() => void) | null;
  /** Null on the first page. */
  onFirst: (() => void) | null;
}

function Rows({ rows: found, isStale, onClear, onFirst }: RowsProps) {
  useRowKeys();
  const rows = isStale && found?.length === 0 ? undefined : found; // none before says nothing of now
  if (rows?.length === 0) {
    return (
      <div data-test-id="webhook-logs-table">
        <NoDeliveries onClear={onClear} onFirst={onFirst} />
      </div>
    );
  }
  return (
    <Table
      caption="Deliveries, the newest first"
      testId="webhook-logs-table"
      columns={DELIVERY_COLUMNS}
      rows={rows}
      rowKey={({ id }) => id}
      rowProps={({ id }) => ({ 'data-test-id': 'webhook-log-item', 'data-webhook-id': id })}
      isStale={isStale}
    />
  );
}

function NoDeliveries({ onClear, onFirst }: Pick<RowsProps, 'onClear' | 'onFirst'>) {
  const { data: config } = useWebhookConfig();
  if (onFirst)
    return <Empty title="The log ends before this page" action={<Button onClick={onFirst}>To the newest</Button>} />;
  if (onClear)
    return (
      <Empty
        icon="filter"
        title="No delivery matches these filters"
        action={<Button onClick={onClear}>Clear filters</Button>}
        testId="no-matches"
      >
        Deliveries that match will appear here as they come.
      </Empty>
    );
  return (
    <Empty icon="webhook" title="No deliveries yet" testId="no-deliveries">
      {config?.webhook_url
        ? 'Send a test to see whether your endpoint answers, or take a payment.'
        : 'Enter your endpoint’s URL above and save it, then send a test.'}
    </Empty>
  );
}
