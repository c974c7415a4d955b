import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Delivery, nextLookMs } from '../src/api/webhooks.ts';
import { curlOf, shellWord } from '../src/pages/delivery/curl.ts';
import { click, FakeEventSource, find, findAll, get, named, openApp, refusal, type, until } from './kit.tsx';

const CONFIG = {
  webhook_url: 'https://shop.example/hook',
  webhook_secret: 'whsec_abc***',
  webhook_events: null,
  standard_webhooks: true,
};
const DELIVERY = {
  id: '3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11',
  event: 'payment.success',
  subject_id: 'pay_1',
  status: 'failed',
  attempts: 5,
  response_code: 500,
  last_error: null,
  last_attempt_at: '2026-01-01T00:00:00Z',
  next_retry_at: null,
  created_at: '2026-01-01T00:00:00Z',
};
const ATTEMPT = {
  attempt: 1,
  started_at: '2026-01-01T00:00:00Z',
  duration_ms: 1234,
  url: 'https://shop.example/hook',
  request_headers: { 'X-Webhook-Signature': 'ab', 'webhook-id': DELIVERY.id },
  response_code: null,
  response_headers: null,
  response_body: null,
  error: 'timeout',
};
const DETAILS = { ...DELIVERY, payload: '{"a":"₹"}', url: 'https://shop.example/hook', attempt_log: [ATTEMPT] };
const page = (...data: object[]) => ({ data, total: data.length, limit: 20, offset: 0 });
const BASE = '/api/v1/webhooks';

function open(path = '/dashboard/webhooks', answers: Parameters<typeof openApp>[1] = {}) {
  return openApp(path, { [`GET ${BASE}/config`]: CONFIG, [`GET ${BASE}`]: page(DELIVERY), ...answers });
}

test('the configuration is shown and saved as it is', async () => {
  const server = await open('/dashboard/webhooks', { [`PUT ${BASE}/config`]: CONFIG });
  expect(((await get('webhook-url-input')) as HTMLInputElement).value).toBe(CONFIG.webhook_url);
  expect((await get('webhook-secret')).textContent).toBe('whsec_abc***');
  await click(await get('save-webhook-button'));
  await until(() => find('toasts')?.textContent?.includes('Saved'));
  expect(server.askedFor(`PUT ${BASE}/config`)[0]?.body).toEqual({
    webhook_url: CONFIG.webhook_url,
    webhook_events: null,
  });
});

test('a secret that Standard Webhooks libraries refuse is marked', async () => {
  await open();
  expect(find('secret-not-standard')).toBeNull();
  await open('/dashboard/webhooks', { [`GET ${BASE}/config`]: { ...CONFIG, standard_webhooks: false } });
  expect((await get('secret-not-standard')).textContent).toContain('verify X-Webhook-Signature');
});

test('an emptied address is null, and a choice of events is a list', async () => {
  const server = await open('/dashboard/webhooks', { [`PUT ${BASE}/config`]: { ...CONFIG, webhook_url: null } });
  await type(await get('webhook-url-input'), ' ');
  await click((await get('event-scope')).querySelectorAll('input')[1] as HTMLElement);
  for (const event of ['payment.created', 'payment.pending', 'refund.created', 'refund.processed', 'refund.failed'])
    await click(await get(`event-${event}`));
  await click(await get('save-webhook-button'));
  await until(() => find('toasts')?.textContent?.includes('No webhooks are sent'));
  expect(server.askedFor(`PUT ${BASE}/config`)[0]?.body).toEqual({
    webhook_url: null,
    webhook_events: ['payment.success', 'payment.failed'],
  });
});

test('what the server refuses stands at its field, until that is edited', async () => {
  await open('/dashboard/webhooks', {
    [`PUT ${BASE}/config`]: refusal(400, 'BAD_REQUEST_ERROR', 'webhook_url must have a valid host', 'webhook_url'),
  });
  const input = await get('webhook-url-input');
  await type(input, 'https://');
  await click(await get('save-webhook-button'));
  await until(() => input.getAttribute('aria-invalid') === 'true');
  expect(document.body.textContent).toContain('webhook_url must have a valid host.');
  expect(find('error-note')).toBeNull();
  await type(input, 'https://x.example');
  expect(input.getAttribute('aria-invalid')).toBeNull();
});

test('any other refusal stands above the buttons', async () => {
  await open('/dashboard/webhooks', { [`POST ${BASE}/test`]: refusal(429, 'RATE_LIMIT_ERROR', 'Too many requests') });
  await click(await get('test-webhook-button'));
  expect((await get('error-note')).textContent).toContain('Too many requests');
});

test('a changed address is not lost when the configuration is read again', async () => {
  await open();
  await type(await get('webhook-url-input'), 'https://new.example');
  await FakeEventSource.last?.open();
  await FakeEventSource.last?.fail();
  await FakeEventSource.last?.open(); // after a gap everything is asked for again
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(((await get('webhook-url-input')) as HTMLInputElement).value).toBe('https://new.example');
});

test('a new secret is asked for twice and shown once', async () => {
  const server = await open('/dashboard/webhooks', {
    [`POST ${BASE}/regenerate-secret`]: { ...CONFIG, webhook_secret: 'whsec_whole' },
  });
  await click(await get('regenerate-secret-button'));
  await get('regenerate-dialog');
  expect(server.askedFor(`POST ${BASE}/regenerate-secret`)).toHaveLength(0);
  await click(await get('confirm-button'));
  expect((await get('new-webhook-secret')).textContent).toBe('whsec_whole');
  await click(await get('new-secret-done'));
  expect(document.body.textContent).not.toContain('whsec_whole');
});

test('the secret is asked for when it is to be seen, and forgotten when hidden', async () => {
  const server = await open('/dashboard/webhooks', { [`GET ${BASE}/secret`]: { webhook_secret: 'whsec_whole' } });
  await get('webhook-secret');
  expect(server.askedFor(`GET ${BASE}/secret`)).toHaveLength(0);
  await click(await get('reveal-secret-button'));
  await until(() => find('webhook-secret')?.textContent === 'whsec_whole');
  await click(await get('reveal-secret-button'));
  await until(() => find('webhook-secret')?.textContent === 'whsec_abc***');
});

test('a secret that cannot be opened says what to do', async () => {
  await open('/dashboard/webhooks', { [`GET ${BASE}/secret`]: { webhook_secret: null } });
  await click(await get('reveal-secret-button'));
  await until(() => document.body.textContent?.includes('Make a new one.'));
});

test('the retry button stands on every delivery that is no success', async () => {
  const all = ['pending', 'success', 'failed'].map((status, at) => ({ ...DELIVERY, id: `id-${at}`, status }));
  await open('/dashboard/webhooks', { [`GET ${BASE}`]: page(...all) });
  await until(() => findAll('webhook-log-item').length === 3);
  expect(findAll('retry-webhook-button').map((button) => button.dataset.webhookId)).toEqual(['id-0', 'id-2']);
  expect(findAll('send-again-button').map((button) => button.dataset.webhookId)).toEqual(['id-1']);
});

test('the log is read again when an attempt is due, and within seconds for what others retry', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  const due = (next_retry_at: string | null, status = 'pending') =>
    ({ ...DELIVERY, status, next_retry_at }) as Delivery;
  const looks = [due(null), due('2026-01-01T00:00:03Z'), due('2026-01-01T00:01:00Z'), due(null, 'success')];
  expect(looks.map((each) => nextLookMs([each], nowMs))).toEqual([1_500, 3_000, 5_000, 5_000]);
});

test('a log that was empty under other filters is not called empty before it has answered', async () => {
  const server = await open('/dashboard/webhooks?q=pay_zzz', { [`GET ${BASE}`]: page() });
  await get('no-matches');
  server.answers[`GET ${BASE}`] = () => new Promise<Response>(() => {});
  await click(await named('Clear filters'));
  await until(() => server.askedFor(`GET ${BASE}`).some(({ query }) => !query.has('q')));
  expect(find('no-deliveries')).toBeNull();
});

test('a new attempt is open, and does not close the one that is being read', async () => {
  const route = `GET ${BASE}/${DELIVERY.id}`;
  const server = await open(`/dashboard/webhooks/${DELIVERY.id}`, { [route]: DETAILS });
  await get('attempt');
  const second = { ...ATTEMPT, attempt: 2, started_at: '2026-01-01T00:01:00Z' };
  server.answers[route] = { ...DETAILS, attempt_log: [second, ATTEMPT] };
  await FakeEventSource.last?.fail();
  await FakeEventSource.last?.open(); // after a gap everything is asked for again
  await until(() => findAll('attempt').length === 2);
  expect(findAll('attempt').map((attempt) => attempt.hasAttribute('open'))).toEqual([true, true]);
});

test('a refused retry is told', async () => {
  await open('/dashboard/webhooks', {
    [`POST ${BASE}/${DELIVERY.id}/retry`]: refusal(404, 'NOT_FOUND_ERROR', 'Webhook log not found'),
  });
  await click(await get('retry-webhook-button'));
  await until(() => find('toasts')?.textContent?.includes('Webhook log not found.'));
});

test('without an answer the log says what went wrong', async () => {
  await open('/dashboard/webhooks', {
    [`GET ${BASE}`]: page({ ...DELIVERY, response_code: null, last_error: 'connection_refused' }),
  });
  expect((await get('webhook-log-item')).textContent).toContain('connection refused');
});

test('the address is the query', async () => {
  const server = await open('/dashboard/webhooks?status=failed&event=payment.success&q=pay_1&page=3');
  await get('webhook-log-item');
  expect(Object.fromEntries(server.askedFor(`GET ${BASE}`)[0]?.query ?? [])).toEqual({
    limit: '20',
    offset: '40',
    status: 'failed',
    event: 'payment.success',
    q: 'pay_1',
  });
});

test.each([
  ['/dashboard/webhooks', null, 'Enter your endpoint’s URL above'],
  ['/dashboard/webhooks', CONFIG.webhook_url, 'Send a test'],
  ['/dashboard/webhooks?status=failed', null, 'No delivery matches'],
  ['/dashboard/webhooks?page=9', null, 'ends before this page'],
])('nothing at %s says the next step', async (path, webhook_url, text) => {
  await open(path, { [`GET ${BASE}`]: page(), [`GET ${BASE}/config`]: { ...CONFIG, webhook_url } });
  await until(() => document.body.textContent?.includes(text));
});

test('a filter that the server refuses is marked', async () => {
  const text = 'status must be one of pending, success, failed';
  await open('/dashboard/webhooks?status=x', { [`GET ${BASE}`]: refusal(400, 'BAD_REQUEST_ERROR', text, 'status') });
  await get('bad-filters');
  expect((await get('status-filter')).getAttribute('aria-invalid')).toBe('true');
  expect(find('error-note')).toBeNull();
});

test('what failed since a moment is retried, of one event', async () => {
  const server = await open('/dashboard/webhooks', {
    [`POST ${BASE}/retry-failed`]: { scheduled: 2, message: '2 deliveries scheduled' },
  });
  await click(await get('retry-failed-button'));
  await type(await get('retry-since'), '2026-01-02T03:04');
  await type(await get('retry-event'), 'payment.failed');
  await click(await get('retry-failed-confirm'));
  (document.querySelector('[data-test-id="retry-failed-dialog"] form') as HTMLFormElement | null)?.requestSubmit();
  await until(() => find('toasts')?.textContent?.includes('2 deliveries scheduled.'));
  expect(server.askedFor(`POST ${BASE}/retry-failed`)[0]?.body).toEqual({
    since: '2026-01-02T03:04:00.000Z',
    event: 'payment.failed',
  });
});

test('a delivery shows its attempts, its body, and what an error means', async () => {
  const attempts = [ATTEMPT, { ...ATTEMPT, started_at: 'x', response_code: 200, error: null, response_body: 'fine' }];
  await open(`/dashboard/webhooks/${DELIVERY.id}`, {
    [`GET ${BASE}/${DELIVERY.id}`]: { ...DETAILS, attempt_log: attempts },
  });
  await get('attempt');
  expect(findAll('attempt').map((each) => each.hasAttribute('open'))).toEqual([true, false]);
  expect(findAll('attempt-result').map((each) => each.textContent)).toEqual(['timeout', '200']);
  expect(find('attempt')?.textContent).toContain('Respond first, and do slow work afterwards.');
  expect(find('attempt')?.textContent).toContain('1,234 ms');
  expect(find('request-headers')?.textContent).toContain('X-Webhook-Signature: ab');
  expect(find('response-body')?.textContent).toBe('fine');
  expect(find('delivery-payload')?.textContent).toBe('{\n  "a": "₹"\n}');
});

test('a refund’s delivery leads to its payment, and an odd address is no command', async () => {
  const payload = '{"data":{"refund":{"payment_id":"pay_9"}}}';
  const url = 'javascript:alert(1)';
  await open(`/dashboard/webhooks/${DELIVERY.id}`, {
    [`GET ${BASE}/${DELIVERY.id}`]: { ...DETAILS, subject_id: 'rfnd_1', payload, url },
  });
  expect((await named('rfnd_1')).getAttribute('href')).toBe('/dashboard/transactions/pay_9');
  expect(find('delivery-curl')).toBeNull();
});

test('a delivery that is not there says so', async () => {
  await open('/dashboard/webhooks/none');
  await get('no-delivery');
});

test('the debugger looks at the delivery that the headers name', async () => {
  const secret = 'whsec_now';
  const sent = '{"b":1,"a":"₹"}';
  const signature = createHmac('sha256', secret).update(sent).digest('hex');
  const server = await open('/dashboard/webhooks?view=debugger', {
    [`GET ${BASE}/secret`]: { webhook_secret: secret },
    [`GET ${BASE}/${DELIVERY.id}`]: { ...DETAILS, payload: sent },
  });
  expect((await get('debug-check')).hasAttribute('disabled')).toBe(true);
  await type(await get('debug-body'), '{"a":"₹","b":1}');
  await type(await get('debug-headers'), `X-Webhook-Signature: ${signature}\nwebhook-id: ${DELIVERY.id}`);
  await type(await get('debug-secret'), 'whsec_old');
  expect(server.asked.some(({ path }) => path === `${BASE}/secret`)).toBe(false);
  await click(await get('debug-check'));
  (find('signature-debugger') as HTMLFormElement | null)?.requestSubmit();
  expect((await get('verdict-hex')).dataset.causes).toBe('secret-other body-sorted');
  expect(server.asked.every(({ method }) => method === 'GET')).toBe(true);
  await type(await get('debug-secret'), secret);
  expect(find('verdict-hex')).toBeNull(); // an old verdict does not stand beside new text
});

const WORDS = ["it's", '$(id) `id` \\ " !! ~ * ? [a] {b} # ; & | < >', '₹ 🙂 \u2028', '', "'", '-n', 'a\nb', '@file'];

test.each(WORDS)('a shell takes %j as one word, letter for letter', (text) => {
  const seen = execFileSync('sh', ['-c', `printf '%s|' ${shellWord(text)}`], { encoding: 'utf8' });
  expect(seen).toBe(`${text}|`);
});

test('the command names every header and the body', () => {
  const headers = { 'X-Evil': "a'b\r\nX-More: 1", Empty: '' };
  const delivery = { ...DETAILS, payload: "@it's", attempt_log: [{ ...ATTEMPT, request_headers: headers }] };
  const command = curlOf(delivery as never)?.replace(/^curl/, 'printf "%s|"') ?? '';
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('|')).toEqual([
    '--globoff',
    '-X',
    'POST',
    'https://shop.example/hook',
    '-H',
    "X-Evil: a'b X-More: 1",
    '-H',
    'Empty;',
    '--data-raw',
    "@it's",
    '',
  ]);
});
