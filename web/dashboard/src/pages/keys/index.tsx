import { useState } from 'react';
import { type ApiKey, useKeys } from '../../api/keys.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { RollKeyDialog } from '../../ui/RollKeyDialog.tsx';
import { Table } from '../../ui/Table.tsx';
import { CreateKeyDialog } from './CreateKeyDialog.tsx';
import { keyColumns } from './columns.tsx';
import './keys.css';
import { RevokeKeyDialog } from './RevokeKeyDialog.tsx';

/** The keys of the merchant's servers. */
export default function Keys() {
  const { data, error, refetch } = useKeys();
  const [isCreating, setCreating] = useState(false);
  const [rolled, setRolled] = useState<string | null>(null);
  const [revoked, setRevoked] = useState<string | null>(null);
  const create = (
    <Button variant="primary" icon="plus" onClick={() => setCreating(true)} testId="create-key-button">
      Create key
    </Button>
  );
  return (
    <>
      <PageHeader title="API keys" actions={create}>
        <p className="soft">
          A key names your server, its secret proves it. Give each server its own, and roll them one by one.
        </p>
      </PageHeader>
      <Card isFlush>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {data?.length === 0 ? (
          <Empty icon="key" title="No API keys" action={create} testId="no-keys">
            Your server needs one to make orders.
          </Empty>
        ) : (
          !(error && !data) && (
            <Table
              caption="API keys, the newest first"
              testId="keys-table"
              columns={keyColumns(setRolled, setRevoked)}
              rows={data}
              rowKey={({ key }) => key}
              rowProps={({ key }) => ({ 'data-test-id': 'key-row', 'data-key': key })}
            />
          )
        )}
      </Card>
      <CreateKeyDialog isOpen={isCreating} onClose={() => setCreating(false)} />
      <RollKeyDialog apiKey={rolled} onClose={() => setRolled(null)} />
      <RevokeKeyDialog
        apiKey={data?.find(({ key }) => key === revoked) ?? null}
        isLast={!data?.some((each) => works(each) && each.key !== revoked)}
        onClose={() => setRevoked(null)}
      />
    </>
  );
}

function works({ status }: ApiKey): boolean {
  return status === 'active' || status === 'expiring';
}
