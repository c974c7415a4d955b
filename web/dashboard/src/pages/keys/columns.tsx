import type { ApiKey } from '../../api/keys.ts';
import { Badge, StatusBadge } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { Id } from '../../ui/Facts.tsx';
import type { Column } from '../../ui/Table.tsx';
import { Time } from '../../ui/Time.tsx';

type Choose = (key: string) => void;

/** `onRoll` and `onRevoke` get the key of the row. */
export function keyColumns(onRoll: Choose, onRevoke: Choose): Column<ApiKey>[] {
  return [
    { head: 'Key', isMain: true, cell: (key) => <Name apiKey={key} /> },
    {
      head: 'Status',
      testId: 'key-status',
      cell: ({ status, expires_at, revoked_at }) => (
        <span className="key-status">
          <StatusBadge status={status} />
          {status === 'expiring' && <Time at={expires_at} />}
          {status === 'revoked' && <Time at={revoked_at} />}
        </span>
      ),
    },
    {
      head: 'Last used',
      testId: 'key-last-used',
      cell: ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} /> : <span className="soft">Never</span>),
    },
    { head: 'Created', cell: ({ created_at }) => <Time at={created_at} /> },
    {
      head: 'Actions',
      isHeadHidden: true,
      align: 'end',
      cell: (key) => <Actions apiKey={key} onRoll={onRoll} onRevoke={onRevoke} />,
    },
  ];
}

function Name({ apiKey: { key, name, is_primary } }: { apiKey: ApiKey }) {
  return (
    <div className="key-name">
      <p>
        <span data-test-id="key-name">{name ?? <span className="soft">Unnamed</span>}</span>{' '}
        {is_primary && <Badge>primary</Badge>}
      </p>
      <p>
        <Id>{key}</Id> <Copy text={key} what={`key ${key}`} />
      </p>
    </div>
  );
}

/** Only a key without an end can be rolled; one that is running out can still be ended now. */
function Actions({
  apiKey: { key, name, status },
  onRoll,
  onRevoke,
}: {
  apiKey: ApiKey;
  onRoll: Choose;
  onRevoke: Choose;
}) {
  const label = name ?? key;
  return (
    <span className="key-actions">
      {status === 'active' && (
        <Button
          isSmall
          icon="refresh"
          onClick={() => onRoll(key)}
          aria-label={`Roll ${label}`}
          testId="roll-key-button"
        >
          Roll
        </Button>
      )}
      {(status === 'active' || status === 'expiring') && (
        <Button isSmall onClick={() => onRevoke(key)} aria-label={`Revoke ${label}`} testId="revoke-key-button">
          Revoke
        </Button>
      )}
    </span>
  );
}
