import { type FormEvent, useState } from 'react';
import { faultOf } from '../../api/errors.ts';
import {
  EVENTS,
  type EventName,
  useSaveWebhookConfig,
  useSendTest,
  useWebhookConfig,
  type WebhookChange,
  type WebhookConfig,
} from '../../api/webhooks.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { useToast } from '../../ui/Toast.tsx';
import { EventChoice } from './EventChoice.tsx';
import { SigningSecret } from './SigningSecret.tsx';

/** Where webhooks go, which, and what signs them. */
export function Endpoint() {
  const { data, error, refetch } = useWebhookConfig();
  return (
    <Card title="Endpoint" testId="webhook-config">
      {data ? (
        <EndpointForm config={data} />
      ) : error ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={4} />
      )}
    </Card>
  );
}

interface Draft {
  url?: string;
  events?: EventName[] | null;
}

/** What is not in the draft is as it is kept, so that a change made elsewhere shows. */
function EndpointForm({ config }: { config: WebhookConfig }) {
  const [draft, setDraft] = useState<Draft>({});
  const save = useSaveWebhookConfig();
  const test = useSendTest();
  const toast = useToast();
  const url = draft.url ?? config.webhook_url ?? '';
  const events = draft.events === undefined ? config.webhook_events : draft.events;
  const isNoneChosen = events?.length === 0;

  const edit = (changes: Draft) => {
    setDraft((before) => ({ ...before, ...changes }));
    save.reset();
    test.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isNoneChosen || save.isPending) return;
    const body: WebhookChange = { webhook_url: url.trim() || null, webhook_events: events };
    save.mutate(body, {
      onSuccess: ({ webhook_url }) => {
        setDraft({});
        toast(webhook_url ? 'Saved. Events from now on go to this endpoint.' : 'Saved. No webhooks are sent.');
      },
    });
  };
  const sendTest = () =>
    test.mutate(undefined, { onSuccess: ({ webhook_url }) => toast(`Test event on its way to ${webhook_url}`) });

  const error = save.error ?? test.error;
  const urlFault = faultOf(error, 'webhook_url');
  const eventsFault = isNoneChosen ? 'Choose at least one event.' : faultOf(error, 'webhook_events');
  return (
    <form className="form" onSubmit={submit} noValidate data-test-id="webhook-config-form">
      <Field
        label="Endpoint URL"
        type="url"
        inputMode="url"
        placeholder="https://yoursite.com/webhook"
        autoComplete="off"
        spellCheck={false}
        maxLength={2048}
        hint={config.webhook_url ? 'Empty it to stop all webhooks.' : 'Where your server takes POST requests.'}
        fault={urlFault}
        value={url}
        onChange={({ currentTarget }) => edit({ url: currentTarget.value })}
        testId="webhook-url-input"
      />
      <EventChoice known={EVENTS} chosen={events} onChange={(chosen) => edit({ events: chosen })} fault={eventsFault} />
      <SigningSecret masked={config.webhook_secret} fitsLibraries={config.standard_webhooks} />
      {!!error && !urlFault && !eventsFault && <ErrorNote error={error} />}
      <div className="form-actions">
        <Button type="submit" variant="primary" isBusy={save.isPending} testId="save-webhook-button">
          Save
        </Button>
        <Button icon="send" isBusy={test.isPending} onClick={sendTest} testId="test-webhook-button">
          Send test
        </Button>
      </div>
    </form>
  );
}
