import { Code } from '../../ui/Code.tsx';
import { List, Section } from './Section.tsx';
import type { Own } from './samples.ts';

const EVENTS = [
  ['payment.created', 'The payment is recorded'],
  ['payment.pending', 'It waits for the bank'],
  ['payment.success', 'It is paid'],
  ['payment.failed', 'The bank declined it or the payer cancelled it: error_code and error_description say why'],
  ['refund.created', 'The refund is recorded'],
  ['refund.processed', 'The money is on its way back'],
  ['refund.failed', 'The bank declined it: its amount can be refunded again'],
  ['webhook.test', 'You pressed Send test'],
].map(([name = '', meaning = '']) => [<code key={name}>{name}</code>, meaning]);

const ATTEMPTS = [
  ['1', 'at once'],
  ['2', '1 minute after the first'],
  ['3', '5 minutes after the second'],
  ['4', '30 minutes after the third'],
  ['5', '2 hours after the fourth'],
];

const ERRORS = [
  ['400', 'BAD_REQUEST_ERROR', 'Correct the request as description says; field names the part'],
  ['400', 'INVALID_VPA', 'Ask the payer to correct the VPA'],
  ['400', 'INVALID_CARD', 'Ask the payer to correct the card’s number or name'],
  ['400', 'EXPIRED_CARD', 'Ask the payer for the expiry date or another card'],
  ['401', 'AUTHENTICATION_ERROR', 'Check X-Api-Key and X-Api-Secret: they belong together, and the key must be live'],
  ['403', 'FORBIDDEN_ERROR', 'Do it in this dashboard: it needs a signed-in person'],
  ['404', 'NOT_FOUND_ERROR', 'Check the id; it may belong to another merchant'],
  ['409', 'IDEMPOTENCY_KEY_IN_USE', 'The first request still runs: repeat after Retry-After seconds'],
  ['422', 'IDEMPOTENCY_KEY_REUSED', 'The key was used with another request: use a new one'],
  ['429', 'RATE_LIMIT_ERROR', 'Repeat after Retry-After seconds'],
  ['500', 'INTERNAL_ERROR', 'Repeat with the same Idempotency-Key; request_id helps to find the cause'],
  ['503', 'SERVICE_UNAVAILABLE', 'Repeat after Retry-After seconds, with the same Idempotency-Key'],
].map(([status, code, next]) => [
  <p key={code}>
    <code>{code}</code> <span className="soft">{status}</span>
  </p>,
  next,
]);

const TEST_VALUES = [
  ['success@bank', '4000 0000 0000 0010', 'Approved'],
  ['failure@bank', '4000 0000 0000 0002', 'Declined'],
  ['slow@bank', '4000 0000 0000 0044', 'Approved after 30 seconds'],
  ['timeout@bank', '4000 0000 0000 0051', 'The bank’s answer is lost; a status query finds it, charged once'],
  ['unknown@bank', '4000 0000 0000 0069', 'The bank never reports the outcome: stays processing with requires_review'],
  ['refund-failure@bank', '4000 0000 0000 0077', 'Paid; its refunds fail'],
  [
    'refund-timeout@bank',
    '4000 0000 0000 0085',
    'Paid; the bank’s answers to its refunds are lost, each is processed once',
  ],
  ['', '4000 0000 0000 3220', 'Asks the payer for a code first: 123456'],
].map(([vpa, card, meaning]) => [
  <p key={card}>
    {vpa && <code>{vpa}</code>} <code>{card}</code>
  </p>,
  meaning,
]);

const BODY = `{
  "event": "payment.success",
  "timestamp": 1705314670,
  "data": {
    "payment": { "id": "pay_…", "order_id": "order_…", "amount": 49900, "currency": "INR", "status": "success", … }
  }
}`;

/** What to look up while integrating. */
export function Reference({ own, isLocal }: { own: Own; isLocal: boolean }) {
  return (
    <>
      <Section id="events" title="Events and retries">
        <p>Each transition of a payment or a refund is one event, sent to your endpoint as one POST.</p>
        <List caption="Events" head={['Event', 'When']} rows={EVENTS} />
        <Code code={BODY} label="A body, indented for reading" />
        <p>
          Any status but 2xx is a failure. After five attempts you can retry the delivery under Webhooks. Each delay
          gets up to 10 % jitter; a 429 or 503 with Retry-After delays the next attempt, up to two hours.
        </p>
        <List caption="Attempts" head={['Attempt', 'Sent']} rows={ATTEMPTS} />
      </Section>

      <Section id="idempotency" title="Idempotency">
        <p>
          Send your own <code>Idempotency-Key</code> with every POST that creates something, such as a new UUID for each
          attempt to pay, and repeat it with the same key if you get no response. For 24 hours a repeat gets the same
          response, and creates nothing twice. An order’s number is no such key: a second attempt to pay would get the
          first one’s response.
        </p>
        <Code
          code={`KEY=$(uuidgen)\ncurl ${own.api}/api/v1/payments \\\n  -H "X-Api-Key: ${own.key}" \\\n  -H "X-Api-Secret: $API_SECRET" \\\n  -H "Idempotency-Key: $KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '{"order_id": "order_…", "method": "upi", "vpa": "success@bank"}'`}
          label="A payment that may be repeated"
          testId="code-snippet-idempotency"
        />
      </Section>

      <Section id="errors" title="Errors">
        <p>
          Every error has the same shape: <code>{'{"error": {"code", "description", "field"}}'}</code>. Decide by{' '}
          <code>code</code>; <code>description</code> is for people.
        </p>
        <List caption="Error codes" head={['Code and status', 'What to do']} rows={ERRORS} />
      </Section>

      <Section id="test-values" title="Test cards and VPAs">
        <p>
          {isLocal ? 'The bank of this evaluation is simulated' : 'Where the simulated bank is configured'}: these
          values choose the outcome. Any expiry date in the future and any CVV will do.
        </p>
        <List caption="Test values" head={['VPA or card', 'What happens']} rows={TEST_VALUES} />
      </Section>
    </>
  );
}
