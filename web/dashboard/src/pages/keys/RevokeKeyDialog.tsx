import { type ApiKey, useRevokeKey } from '../../api/keys.ts';
import { ConfirmDialog } from '../../ui/Dialog.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { useToast } from '../../ui/Toast.tsx';

/** Ends a key for good. `apiKey` null: closed. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey | null; onClose(): void }) {
  return apiKey ? <OpenDialog apiKey={apiKey} onClose={onClose} /> : null;
}

function OpenDialog({ apiKey: { key, name, last_used_at }, onClose }: { apiKey: ApiKey; onClose(): void }) {
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
