import { useState } from 'react';
import type { Attempt } from '../../api/webhooks.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Card } from '../../ui/Card.tsx';
import { Code } from '../../ui/Code.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { formatCount } from '../../ui/format.ts';
import { Time } from '../../ui/Time.tsx';

/** What to look at when there was no acceptable answer. */
const ERRORS: Record<string, string> = {
  timeout: 'Your receiver did not respond in time. Respond first, and do slow work afterwards.',
  connection_refused: 'Nothing listens at this address and port.',
  connection_reset: 'The connection was closed before a response arrived.',
  dns: 'The host name could not be resolved.',
  tls: 'The TLS connection failed: check the certificate and its chain.',
  tls_expired: 'The certificate has expired or is not valid yet.',
  tls_untrusted:
    'The certificate is self-signed, or its issuer is unknown: send the whole chain of a public authority.',
  tls_name: 'The certificate is for another host name.',
  tls_protocol:
    'No common TLS version or cipher, the port does not speak TLS, or (TLS 1.2) the server wants a client certificate.',
  tls_client_certificate: 'The server wants a client certificate, which this gateway does not have.',
  blocked_address: 'The host leads to a private or local address, which this gateway does not call.',
  invalid_url: 'The URL cannot be called. Save it again under Webhooks.',
  redirect: 'Redirects are not followed. Configure the address that it leads to.',
  too_large: 'The headers of the response are too large.',
  invalid_response: 'Your receiver sent no valid HTTP response.',
  interrupted:
    'The gateway stopped before a response arrived. It sends the webhook again; this attempt does not count.',
  other: 'The request failed before a response arrived.',
};

/** Every attempt, the newest first. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <Card title="Attempts" isFlush testId="delivery-attempts">
      {attempts.length === 0 && (
        <Empty icon="clock" title="No attempt yet">
          The first one shows here by itself.
        </Empty>
      )}
      {attempts.map((attempt, at) => (
        <AttemptItem key={`${attempt.started_at} ${attempt.attempt}`} attempt={attempt} isNewest={at === 0} />
      ))}
    </Card>
  );
}

/** Open if it is the newest when it comes; afterwards whoever reads decides. */
function AttemptItem({ attempt, isNewest }: { attempt: Attempt; isNewest: boolean }) {
  const [isOpen] = useState(isNewest);
  const { attempt: number, started_at, duration_ms, response_code, error } = attempt;
  const isGood = !error && response_code !== null && response_code >= 200 && response_code <= 299;
  return (
    <details className="attempt" open={isOpen} data-test-id="attempt" data-attempt={number}>
      <summary>
        <strong>Attempt {number}</strong>
        <Badge tone={isGood ? 'good' : 'bad'} testId="attempt-result">
          {response_code ?? error?.replaceAll('_', ' ') ?? 'no answer'}
        </Badge>
        <span className="soft attempt-duration">{formatCount(duration_ms)} ms</span>
        <Time at={started_at} />
      </summary>
      <div className="stack attempt-body">
        {error && <p className="note fault">{ERRORS[error] ?? ERRORS.other}</p>}
        {!isGood && !error && <p className="note fault">Any status other than 2xx counts as a failure.</p>}
        <p className="id">
          <span className="soft">POST</span> {attempt.url}
        </p>
        <div className="columns">
          <Code code={headerText(attempt.request_headers)} label="Request headers" isWrapped testId="request-headers" />
          <Response attempt={attempt} />
        </div>
      </div>
    </details>
  );
}

function Response({ attempt: { response_headers, response_body, response_code } }: { attempt: Attempt }) {
  if (response_code === null) return <p className="soft">There was no answer.</p>;
  return (
    <div className="stack">
      {response_headers && (
        <Code code={headerText(response_headers)} label="Response headers" isWrapped testId="response-headers" />
      )}
      {response_body ? (
        <Code code={response_body} label="Response body" isWrapped testId="response-body" />
      ) : (
        <p className="soft">The answer had no body.</p>
      )}
    </div>
  );
}

function headerText(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
