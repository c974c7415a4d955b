import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { revealSecret, sentBody, useDelivery } from '../../api/webhooks.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field, TextArea } from '../../ui/Field.tsx';
import { canSign } from './signature/bytes.ts';
import { type Diagnosis, diagnose, type Pasted } from './signature/diagnose.ts';
import { readHeaders } from './signature/headers.ts';
import { Verdict } from './Verdict.tsx';

const MAX_CHARACTERS = 262_144;
const DELIVERY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SIGNED = ['x-webhook-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** What the gateway knows helps, but the diagnosis goes without: it is asked only for what the headers name. */
async function check(pasted: Pasted): Promise<Diagnosis[]> {
  const { id } = readHeaders(pasted.headers);
  const [secret, sent] = await Promise.all([
    revealSecret().catch(() => null),
    DELIVERY_ID.test(id) ? sentBody(id).catch(() => null) : null,
  ]);
  return diagnose(pasted, { secret, sent });
}

/** Why does my receiver refuse a signature? Answered in this browser. */
export function Debugger() {
  const [pasted, setPasted] = useState<Pasted>({ body: '', headers: '', secret: '' });
  const { mutate, data, error, isPending, reset } = useMutation({ mutationFn: check, gcTime: 0 });
  const edit = (changes: Partial<Pasted>) => {
    setPasted((before) => ({ ...before, ...changes }));
    reset();
  };
  const [params] = useSearchParams();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pasted.headers.trim() && pasted.secret && !isPending) mutate(pasted);
  };
  const isReady = pasted.headers.trim() !== '' && pasted.secret !== '';
  return (
    <div className="columns">
      <Card title="What your receiver has">
        {params.get('delivery') && (
          <Prefill id={params.get('delivery') ?? ''} onHeaders={(headers) => edit({ headers })} />
        )}
        <form className="form" onSubmit={submit} data-test-id="signature-debugger">
          <p className="soft">
            Paste what your code verifies. It is checked in this browser, against your current secret too, and sent
            nowhere.
          </p>
          <TextArea
            label="Body"
            isMono
            rows={7}
            spellCheck={false}
            maxLength={MAX_CHARACTERS}
            placeholder={'{"event":"payment.success",…}'}
            value={pasted.body}
            onChange={({ currentTarget }) => edit({ body: currentTarget.value })}
            testId="debug-body"
          />
          <TextArea
            label="Headers"
            isMono
            rows={4}
            spellCheck={false}
            maxLength={MAX_CHARACTERS}
            placeholder="X-Webhook-Signature: …"
            hint="A signature alone, or all headers: webhook-id tells which delivery it was."
            value={pasted.headers}
            onChange={({ currentTarget }) => edit({ headers: currentTarget.value })}
            testId="debug-headers"
          />
          <Field
            label="Secret"
            isMono
            autoComplete="off"
            spellCheck={false}
            maxLength={MAX_CHARACTERS}
            placeholder="whsec_…"
            hint="The one that your receiver uses."
            value={pasted.secret}
            onChange={({ currentTarget }) => edit({ secret: currentTarget.value })}
            testId="debug-secret"
          />
          <div className="form-actions">
            <Button
              type="submit"
              variant="primary"
              disabled={!isReady || !canSign()}
              isBusy={isPending}
              testId="debug-check"
            >
              Find the cause
            </Button>
          </div>
          {!canSign() && <p className="note fault">Browsers compute signatures only on https and on this machine.</p>}
        </form>
      </Card>
      <Card title="Verdict" testId="debug-verdict">
        <div role="status">{error ? <ErrorNote error={error} /> : <Verdict found={data} />}</div>
      </Card>
    </div>
  );
}

/** The headers of a delivery's last attempt, once they are there. */
function Prefill({ id, onHeaders }: { id: string; onHeaders(text: string): void }) {
  const { data } = useDelivery(id);
  const isDone = useRef(false);
  const sent = data?.attempt_log[0]?.request_headers;
  const text = Object.entries(sent ?? {})
    .filter(([name]) => SIGNED.includes(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, and not over what was typed meanwhile
  useEffect(() => {
    if (text && !isDone.current) onHeaders(text);
    isDone.current ||= text !== '';
  }, [text]);
  return null;
}
