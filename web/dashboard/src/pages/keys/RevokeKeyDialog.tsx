import { type ApiKey, useRevokeKey } from '../../api/keys.ts';
import { ConfirmDialog } from '../../ui/Dialog.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { useToast } from '../../ui/Toast.tsx';

interface RevokeKeyDialogProps {
  /** Null: closed. */
  apiKey: ApiKey | null;
  /** No other key works. */
  isLast: boolean;
  onClose(): void;
}

/** Ends a key for good. */
export function RevokeKeyDialog({ apiKey, ...rest }: RevokeKeyDialogProps) {
  return apiKey ? <OpenDialog apiKey={apiKey} {...rest} /> : null;
}

function OpenDialog({ apiKey, isLast, onClose }: RevokeKeyDialogProps & { apiKey: ApiKey }) {
  const { key, name, last_used_at } = apiKey;
  const revoke = useRevokeKey();
  const toast = useToast();
  const confirm = () =>
    revoke.mutate(key, {
      onSuccess: () => {
        toast(`${name ?? key} is revoked.`);
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title="Revoke this API key?"
      isOpen
      isDanger
      action="Revoke key"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={confirm}
      onClose={onClose}
      testId="revoke-key-dialog"
    >
      <p className="soft">
        Requests with it fail from now on, and it cannot be brought back. To replace it without a gap, roll it.
      </p>
      {isLast && (
        <p className="note fault">It is the only key that works: without another one your servers are locked out.</p>
      )}
      <Facts
        facts={[
          ...(name ? [{ label: 'Name', value: name }] : []),
          { label: 'Key', value: <Id>{key}</Id> },
          { label: 'Last used', value: last_used_at ? formatDateTime(last_used_at) : 'Never' },
        ]}
      />
    </ConfirmDialog>
  );
}
