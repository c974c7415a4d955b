import { useState } from 'react';
import type { NewApiKey } from '../api/keys.ts';
import { useRollKey } from '../api/keys.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { Facts, Id } from './Facts.tsx';
import { Select } from './Field.tsx';
import { formatDateTime } from './format.ts';
import { SecretOnce } from './SecretOnce.tsx';

const OVERLAPS = [
  { value: '0', label: 'Stops at once' },
  { value: '3600', label: 'Works for another hour' },
  { value: '86400', label: 'Works for another 24 hours' },
  { value: '604800', label: 'Works for another 7 days' },
];
const DEFAULT_OVERLAP = '86400';

interface RollKeyDialogProps {
  /** The key to be replaced; null: the dialog is closed. */
  apiKey: string | null;
  onClose(): void;
}

/** Replaces a key; the new secret is shown this once, and forgotten with the dialog. */
export function RollKeyDialog({ apiKey, onClose }: RollKeyDialogProps) {
  return apiKey === null ? null : <OpenDialog apiKey={apiKey} onClose={onClose} />;
}

function OpenDialog({ apiKey, onClose }: { apiKey: string; onClose(): void }) {
  const [old] = useState(apiKey); // the page's own key changes when the roll is done
  const [overlap, setOverlap] = useState(DEFAULT_OVERLAP);
  const [rolledAtMs, setRolledAtMs] = useState(0);
  const roll = useRollKey();
  const start = () =>
    roll.mutate({ key: old, overlapS: Number(overlap) }, { onSuccess: () => setRolledAtMs(Date.now()) });
  if (roll.data) {
    const endsAtMs = rolledAtMs + Number(overlap) * 1000;
    return <NewKey made={roll.data} old={old} oldEndsAtMs={overlap === '0' ? 0 : endsAtMs} onClose={onClose} />;
  }
  return (
    <Dialog
      title="Roll this API key"
      isOpen
      onClose={onClose}
      testId="roll-key-dialog"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" isBusy={roll.isPending} onClick={start} testId="roll-key-confirm">
            Roll key
          </Button>
        </>
      }
    >
      <p className="soft">A new key and secret are made. Put them into your server while the old key still works.</p>
      <Facts facts={[{ label: 'Key', value: <Id>{old}</Id> }]} />
      <Select
        label="The old key"
        value={overlap}
        options={OVERLAPS}
        onChange={setOverlap}
        testId="roll-overlap"
        hint={overlap === '0' ? 'Requests with the old key fail from now on.' : undefined}
      />
      {roll.error && <ErrorNote error={roll.error} />}
    </Dialog>
  );
}

interface NewKeyProps {
  made: NewApiKey;
  old: string;
  oldEndsAtMs: number;
  onClose(): void;
}

function NewKey({ made, old, oldEndsAtMs, onClose }: NewKeyProps) {
  return (
    <Dialog
      title="Your new API key"
      isOpen
      isSticky
      onClose={onClose}
      testId="new-key-dialog"
      actions={
        <Button variant="primary" onClick={onClose} testId="new-key-done">
          I have copied it
        </Button>
      }
    >
      <Facts facts={[{ label: 'Key', value: <Id>{made.key}</Id>, testId: 'new-api-key' }]} />
      <SecretOnce label="Secret" secret={made.secret} testId="new-api-secret" />
      <p className="soft">
        {oldEndsAtMs
          ? `${old} works until ${formatDateTime(new Date(oldEndsAtMs).toISOString())}.`
          : `${old} has ended.`}
      </p>
    </Dialog>
  );
}
