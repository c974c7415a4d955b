import { type FormEvent, useId, useState } from 'react';
import { faultOf } from '../../api/errors.ts';
import { ALL_EVENTS, type EventName, useRetryFailed } from '../../api/webhooks.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field, Select } from '../../ui/Field.tsx';
import { timeZoneName, zonedMs, zonedText } from '../../ui/format.ts';
import { useToast } from '../../ui/Toast.tsx';

const DAY_MS = 86_400_000;
const EVENT_OPTIONS = [{ value: '', label: 'All events' }, ...ALL_EVENTS.map((name) => ({ value: name, label: name }))];

/** Sends every delivery that failed since a moment again. */
export function RetryFailedDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return isOpen ? <OpenDialog onClose={onClose} /> : null;
}

function OpenDialog({ onClose }: { onClose(): void }) {
  const form = useId();
  const [since, setSince] = useState(() => zonedText(Date.now() - DAY_MS));
  const [event, setEvent] = useState('');
  const retry = useRetryFailed();
  const toast = useToast();
  const sinceMs = zonedMs(Date.parse(`${since}Z`));
  const complaint = Number.isNaN(sinceMs) ? 'Enter a date and a time.' : undefined;
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (complaint || retry.isPending) return;
    retry.mutate(
      { since: new Date(sinceMs).toISOString(), ...(event ? { event: event as EventName } : {}) },
      {
        onSuccess: ({ message }) => {
          toast(`${message}.`);
          onClose();
        },
      },
    );
  };
  const sinceFault = faultOf(retry.error, 'since') ?? complaint;
  const eventFault = faultOf(retry.error, 'event');
  return (
    <Dialog
      title="Retry failed deliveries"
      isOpen
      onClose={onClose}
      testId="retry-failed-dialog"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" isBusy={retry.isPending} testId="retry-failed-confirm">
            Retry all
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit} noValidate>
        <p className="soft">Each is sent at once and gets all its attempts again. Your receiver may see repeats.</p>
        <Field
          label={`Failed since (${timeZoneName()})`}
          type="datetime-local"
          value={since}
          onChange={({ currentTarget }) => setSince(currentTarget.value)}
          hint="By the time the event happened, in your own time zone."
          fault={sinceFault}
          testId="retry-since"
        />
        <Select
          label="Event"
          options={EVENT_OPTIONS}
          value={event}
          onChange={setEvent}
          fault={eventFault}
          testId="retry-event"
        />
        {!!retry.error && !sinceFault && !eventFault && <ErrorNote error={retry.error} />}
      </form>
    </Dialog>
  );
}
