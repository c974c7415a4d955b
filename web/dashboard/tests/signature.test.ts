import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ADVICE } from '../src/pages/webhooks/signature/advice.ts';
import { type Cause, diagnose, type Known } from '../src/pages/webhooks/signature/diagnose.ts';
import { readHeaders } from '../src/pages/webhooks/signature/headers.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const VALUE = {
  event: 'payment.success',
  timestamp: 1705314670,
  data: { payment: { id: 'pay_1', amount: 49900, notes: { text: 'é ₹ 499 🙂 <b> a/b' }, error_code: null } },
};
const BODY = JSON.stringify(VALUE);
const NOTHING: Known = { secret: null, sent: null };

const hex = (body = BODY, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');
const base64 = (body = BODY) => createHmac('sha256', SECRET).update(body).digest('base64');
const standardKey = Buffer.from(SECRET.slice(6), 'base64');
const standard = (body = BODY, key: Buffer | string = standardKey, id = 'msg_1', at = '1705314670') =>
  `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
const named = (signature: string, id = 'msg_1', at = '1705314670') =>
  `webhook-id: ${id}\nwebhook-timestamp: ${at}\nwebhook-signature: ${signature}`;
const ascii = (text: string) =>
  text.replace(/[\u0080-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
const sortedKeys = (value: unknown): unknown =>
  value && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, each]) => [name, sortedKeys(each)]),
      )
    : value;
/** What `json.dumps` of Python puts between tokens; nothing in VALUE's texts looks like them. */
const spaced = BODY.replaceAll(':', ': ').replaceAll(',', ', ');
const SORTED = JSON.stringify(sortedKeys(VALUE));

async function causesOf(body: string, headers: string, secret = SECRET, known = NOTHING): Promise<Cause[][]> {
  return (await diagnose({ body, headers, secret }, known)).map(({ causes }) => causes);
}

describe('X-Webhook-Signature', () => {
  const bodies: [string, string, Cause[]][] = [
    ['the body as it was sent', BODY, []],
    ['indented by 2', JSON.stringify(VALUE, null, 2), ['body-indented']],
    ['indented by 4', JSON.stringify(VALUE, null, 4), ['body-indented']],
    ['indented by tabs', JSON.stringify(VALUE, null, '\t'), ['body-indented']],
    ['indented with a newline at the end', `${JSON.stringify(VALUE, null, 2)}\n`, ['body-indented']],
    ['spaced', spaced, ['body-spaced']],
    ["Python's json.dumps", ascii(spaced), ['body-spaced', 'body-escaped']],
    ["Python's json.dumps(indent=2)", ascii(JSON.stringify(VALUE, null, 2)), ['body-indented', 'body-escaped']],
    ['unicode-escaped', ascii(BODY), ['body-escaped']],
    ["PHP's json_encode", ascii(BODY.replaceAll('/', '\\/')), ['body-slashes', 'body-escaped']],
    ["PHP's JSON_UNESCAPED_UNICODE", BODY.replaceAll('/', '\\/'), ['body-slashes']],
    ["Go's struct", BODY.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'), ['body-html']],
    ['a newline at the end', `${BODY}\n`, ['body-newline']],
    ['a Windows newline at the end', `${BODY}\r\n`, ['body-newline']],
    ['space around', `  ${BODY}\n\n`, ['body-space']],
    ['a byte order mark', `\ufeff${BODY}`, ['body-mark']],
    ['stringified twice', JSON.stringify(BODY), ['body-string']],
    ['an unusual layout', BODY.replace(',', ' ,  '), ['body-reformatted']],
    ['an altered amount', BODY.replace('49900', '99900'), ['altered-or-secret']],
    ['a cut body', BODY.slice(0, 60), ['altered-or-secret']],
    ['no body', '', ['altered-or-secret']],
  ];
  test.each(bodies)('%s', async (_, body, causes) => {
    expect(await causesOf(body, hex())).toEqual([causes]);
  });

  test.each([
    ['pretty-printed', JSON.stringify(VALUE, null, 2), ['body-indented']],
    ['unicode-escaped', ascii(BODY), ['body-escaped']],
    ['a newline', `${BODY}\n`, ['body-newline']],
  ] as [string, string, Cause[]][])('signed over another form by whoever signed: %s', async (_, signed, causes) => {
    expect(await causesOf(BODY, hex(signed))).toEqual([causes]);
  });

  const secrets: [string, string, Cause[]][] = [
    ['a newline', `${SECRET}\n`, ['secret-space']],
    ['quotes', `"${SECRET}"`, ['secret-quoted']],
    ['its prefix cut off', SECRET.slice(6), ['secret-prefix']],
    ['an older one', 'whsec_older', ['secret-other']],
    ['the API secret', 'secret_test_xyz789', ['secret-other']],
  ];
  test.each(secrets)('a secret with %s', async (_, secret, causes) => {
    expect(await causesOf(BODY, hex(), secret, { secret: SECRET, sent: null })).toEqual([causes]);
  });

  test('a key that was decoded', async () => {
    const signature = createHmac('sha256', standardKey).update(BODY).digest('hex');
    expect(await causesOf(BODY, signature)).toEqual([['secret-decoded']]);
  });

  const headers: [string, string, Cause[]][] = [
    ['sha256=', `sha256=${hex()}`, ['header-prefix']],
    ['v1,', `X-Webhook-Signature: v1,${hex()}`, ['header-prefix']],
    ['upper case', hex().toUpperCase(), ['header-case']],
    ['base64', base64(), ['header-base64']],
    ['URL-safe base64', base64().replaceAll('+', '-').replaceAll('/', '_').replace('=', ''), ['header-base64']],
    ['a prefix and upper case', `sha256=${hex().toUpperCase()}`, ['header-prefix', 'header-case']],
    ['quotes', `"${hex()}"`, ['header-quoted']],
    ['space around', `  ${hex()} `, []],
    ['too short', hex().slice(1), ['header-cut']],
    ['something else', 'undefined', ['header-unreadable']],
  ];
  test.each(headers)('a header with %s', async (_, header, causes) => {
    expect(await causesOf(BODY, header)).toEqual([causes]);
  });

  test('several causes at once are all named', async () => {
    const known = { secret: SECRET, sent: null };
    const body = JSON.stringify(VALUE, null, 2);
    expect(await causesOf(body, `sha256=${hex()}`, 'whsec_other', known)).toEqual([
      ['header-prefix', 'secret-other', 'body-indented'],
    ]);
  });

  test('nothing of the other secret is guessed without knowing it', async () => {
    expect(await causesOf(BODY, hex(), 'whsec_older')).toEqual([['altered-or-secret']]);
  });
});

describe('with the delivery at hand', () => {
  const known: Known = { secret: SECRET, sent: BODY };

  test('keys in another order', async () => {
    expect(await causesOf(SORTED, hex(), SECRET, known)).toEqual([['body-sorted']]);
    const go = SORTED.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
    expect(await causesOf(go, hex(), SECRET, known)).toEqual([['body-sorted', 'body-html']]);
  });

  test('an altered body, and where it differs', async () => {
    const [found] = await diagnose({ body: BODY.replace('49900', '99900'), headers: hex(), secret: SECRET }, known);
    expect(found?.causes).toEqual(['altered']);
    expect(found?.difference?.at).toBe(BODY.indexOf('49900'));
    expect(found?.difference?.sent).toContain('49900');
    expect(found?.difference?.pasted).toContain('99900');
  });

  test('an altered body under another secret', async () => {
    expect(await causesOf(`${BODY.slice(0, -1)},"x":1}`, hex(), 'whsec_other', known)).toEqual([
      ['secret-other', 'altered'],
    ]);
  });

  test('a signature of something else', async () => {
    expect(await causesOf(BODY, hex('{}'), SECRET, known)).toEqual([['foreign']]);
    expect(await causesOf('{"a":1}', hex('{}'), SECRET, known)).toEqual([['foreign']]);
  });
});

describe('webhook-signature', () => {
  test("the specification's own example", async () => {
    const headers = named(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      '1614265330',
    );
    expect(await causesOf('{"test": 2432232314}', headers)).toEqual([[]]);
  });

  test.each([
    ['as sent', BODY, named(standard()), SECRET, []],
    ['re-serialised', ascii(spaced), named(standard()), SECRET, ['body-spaced', 'body-escaped']],
    ['one of several', BODY, named(`v1,${Buffer.alloc(32).toString('base64')} ${standard()}`), SECRET, []],
    ['another secret', BODY, named(standard()), 'whsec_other', ['secret-other']],
    ['whsec_ cut off', BODY, named(standard()), SECRET.slice(6), []],
    ['signed with the text', BODY, named(standard(BODY, SECRET)), SECRET, []],
    ['without v1,', BODY, named(standard().slice(3)), SECRET, ['header-version']],
    ['hex', BODY, named(`v1,${Buffer.from(standard().slice(3), 'base64').toString('hex')}`), SECRET, ['header-hex']],
    ['no digest', BODY, named('v1,short'), SECRET, ['header-unreadable']],
    ['no id', BODY, standard(), SECRET, ['signed-parts']],
  ] as [string, string, string, string, Cause[]][])('%s', async (_, body, headers, secret, causes) => {
    expect(await causesOf(body, headers, secret, { secret: SECRET, sent: null })).toEqual([causes]);
  });

  test('a secret that is no base64 is taken as its text', async () => {
    const secret = 'whsec_test_abc123';
    expect(await causesOf(BODY, named(standard(BODY, secret)), secret)).toEqual([[]]);
  });

  test.each([
    ['without prefix and padding', 'AQIDBAUGBwgJCgsMDQ4PEA'],
    ['short', 'whsec_newSecretKey'],
    ['with characters that libraries skip', 'whsec_test_abc123'],
  ])('a key that libraries derive: %s', async (_, secret) => {
    const key = Buffer.from(secret.replace('whsec_', '').replaceAll('_', ''), 'base64');
    expect(await causesOf(BODY, named(standard(BODY, key)), secret)).toEqual([[]]);
  });

  test('the other header tells that it is the id or the time', async () => {
    const headers = `X-Webhook-Signature: ${hex()}\n${named(standard(), 'msg_2')}`;
    expect(await causesOf(BODY, headers)).toEqual([[], ['signed-parts']]);
  });

  test('both headers are judged', async () => {
    const headers = `X-Webhook-Signature: ${hex()}\n${named(standard())}`;
    expect(await causesOf(`${BODY}\n`, headers)).toEqual([['body-newline'], ['body-newline']]);
  });
});

describe('reading headers', () => {
  const wanted = { signature: 'abc', standard: 'v1,x= v1,y=', id: 'msg_1', timestamp: '17' };
  test.each([
    ['as sent', 'x-webhook-signature: abc\nwebhook-id:msg_1\nwebhook-timestamp: 17\nwebhook-signature: v1,x= v1,y='],
    [
      'of a curl command',
      "curl -X POST \\\n  -H 'X-Webhook-Signature: abc' \\\n -H \"webhook-id: msg_1\" \\\n -H 'webhook-timestamp: 17' \\\n -H 'webhook-signature: v1,x= v1,y=' \\\n",
    ],
    [
      'of a printed object',
      '{\n  "x-webhook-signature": "abc",\n \'webhook-id\': \'msg_1\',\n "webhook-timestamp": "17",\n "webhook-signature": "v1,x= v1,y="\n}',
    ],
  ])('%s', (_, text) => {
    expect(readHeaders(text)).toEqual(wanted);
  });

  test('none at all', async () => {
    expect(await diagnose({ body: BODY, headers: ' \n', secret: SECRET }, NOTHING)).toEqual([]);
  });
});

test('every cause says what to do', () => {
  for (const { title, text } of Object.values(ADVICE)) {
    expect(title).not.toMatch(/[.]$/);
    expect(text).toMatch(/[.]$/);
  }
});
