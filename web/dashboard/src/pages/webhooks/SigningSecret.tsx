import { useState } from 'react';
import { useRegenerateSecret, useRevealSecret } from '../../api/webhooks.ts';
import { Button } from '../../ui/Button.tsx';
import { Copy } from '../../ui/Copy.tsx';
import { ConfirmDialog, Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { SecretOnce } from '../../ui/SecretOnce.tsx';

const LOST = 'The stored secret can no longer be decrypted. Make a new one.';

/** What signs the webhooks: its beginning, on demand all of it, and a new one. */
export function SigningSecret({ masked, fitsLibraries }: { masked: string | null; fitsLibraries: boolean | null }) {
  const reveal = useRevealSecret();
  const [isReplacing, setReplacing] = useState(false);
  const shown = reveal.data;
  const toggle = () => (reveal.isSuccess ? reveal.reset() : reveal.mutate());
  return (
    <div className="signing-secret">
      <p className="events-title">Signing secret</p>
      <div className="secret-line">
        <code data-test-id="webhook-secret">{shown ?? masked ?? 'None yet'}</code>
        {shown && <Copy text={shown} what="signing secret" />}
        <span className="secret-actions">
          {masked && (
            <Button
              isSmall
              variant="quiet"
              icon="eye"
              isBusy={reveal.isPending}
              onClick={toggle}
              testId="reveal-secret-button"
            >
              {reveal.isSuccess ? 'Hide' : 'Reveal'}
            </Button>
          )}
          <Button isSmall icon="refresh" onClick={() => setReplacing(true)} testId="regenerate-secret-button">
            Regenerate
          </Button>
        </span>
      </div>
      {reveal.error && <ErrorNote error={reveal.error} />}
      {reveal.isSuccess && shown === null && <p className="note fault">{LOST}</p>}
      {fitsLibraries === false && (
        <p className="note" data-test-id="secret-not-standard">
          This secret is not base64: verify X-Webhook-Signature with it. Standard Webhooks libraries need a secret such
          as those that Regenerate makes.
        </p>
      )}
      {isReplacing && (
        <NewSecret
          onClose={() => {
            reveal.reset(); // what was shown may have been replaced
            setReplacing(false);
          }}
        />
      )}
    </div>
  );
}

/** Asks first, then shows the new secret this once. */
function NewSecret({ onClose }: { onClose(): void }) {
  const { data, mutate, isPending, error } = useRegenerateSecret();
  if (!data) {
    return (
      <ConfirmDialog
        title="Make a new signing secret?"
        isOpen
        isDanger
        action="Regenerate"
        isBusy={isPending}
        error={error}
        onConfirm={() => mutate()}
        onClose={onClose}
        testId="regenerate-dialog"
      >
        <p className="soft">
          Everything sent from now on is signed with it, retries included. For 24 hours webhook-signature has a
          signature under the old secret as well; a receiver that verifies X-Webhook-Signature refuses webhooks until it
          has the new one. What it refused is tried again, or can be retried here.
        </p>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog
      title="Your new signing secret"
      isOpen
      isSticky
      onClose={onClose}
      testId="new-secret-dialog"
      actions={
        <Button variant="primary" onClick={onClose} testId="new-secret-done">
          I have copied it
        </Button>
      }
    >
      <SecretOnce label="Secret" secret={data.webhook_secret} testId="new-webhook-secret" />
      <p className="soft">Put it into your receiver’s configuration, then send a test.</p>
    </Dialog>
  );
}
