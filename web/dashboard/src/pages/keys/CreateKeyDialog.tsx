import { type FormEvent, useId, useState } from 'react';
import { faultOf } from '../../api/errors.ts';
import { useCreateKey } from '../../api/keys.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Facts, Id } from '../../ui/Facts.tsx';
import { Field } from '../../ui/Field.tsx';
import { SecretOnce } from '../../ui/SecretOnce.tsx';

const MAX_NAME_CHARACTERS = 80;

/** Makes a key; its secret is shown this once, and forgotten with the dialog. */
export function CreateKeyDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return isOpen ? <OpenDialog onClose={onClose} /> : null;
}

function OpenDialog({ onClose }: { onClose(): void }) {
  const form = useId();
  const [name, setName] = useState('');
  const create = useCreateKey();
  if (create.data) {
    return (
      <Dialog
        key="made"
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
        <Facts facts={[{ label: 'Key', value: <Id>{create.data.key}</Id>, testId: 'new-api-key' }]} />
        <SecretOnce label="Secret" secret={create.data.secret} testId="new-api-secret" />
      </Dialog>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate(name.trim() ? { name: name.trim() } : {});
  };
  const fault = faultOf(create.error, 'name');
  return (
    <Dialog
      title="Create an API key"
      isOpen
      onClose={onClose}
      testId="create-key-dialog"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" isBusy={create.isPending} testId="create-key-confirm">
            Create key
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit} noValidate>
        <Field
          label="Name"
          placeholder="Shop server"
          hint="Optional: where it is used, so that you know which one to roll."
          autoComplete="off"
          maxLength={MAX_NAME_CHARACTERS}
          fault={fault}
          value={name}
          onChange={({ currentTarget }) => {
            setName(currentTarget.value);
            if (create.error) create.reset();
          }}
          testId="key-name-input"
        />
        {!!create.error && !fault && <ErrorNote error={create.error} />}
      </form>
    </Dialog>
  );
}
