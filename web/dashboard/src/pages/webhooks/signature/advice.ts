/** What each cause means, and what to change in the receiver. */
import type { Cause, Scheme } from './diagnose.ts';

export interface Advice {
  title: string;
  text: string;
}

const RAW = 'Verify the bytes as they arrived, before any JSON parser, and parse them afterwards.';

export const ADVICE: Record<Cause, Advice> = {
  'header-quoted': {
    title: 'The header stands in quotes',
    text: 'Compare the value itself: the quotes came with a log or a configuration file.',
  },
  'header-prefix': {
    title: 'The header has a prefix',
    text: 'X-Webhook-Signature is 64 hex digits and nothing before them. Do not expect or add sha256= or v1,.',
  },
  'header-case': {
    title: 'The header is in upper case',
    text: 'The gateway sends lower-case hex. Something on the way, or your code, changed it: compare with lower-case hex.',
  },
  'header-base64': {
    title: 'The signature is in base64',
    text: 'X-Webhook-Signature is hex. Use the hex digest (in Node .digest("hex"), in Python .hexdigest()).',
  },
  'header-hex': {
    title: 'The signature is in hex',
    text: 'webhook-signature is base64 after v1,. Use the base64 digest, or compare hex with X-Webhook-Signature.',
  },
  'header-version': {
    title: 'An entry does not begin with v1,',
    text: 'webhook-signature holds entries of the form v1,<base64> with spaces between them. Keep v1, and its comma.',
  },
  'header-cut': {
    title: 'The header is not 64 digits long',
    text: 'It was cut off or added to: copy all of it, and see that nothing in your code slices or pads it.',
  },
  'header-unreadable': {
    title: 'The header holds no signature',
    text: 'Paste the value of X-Webhook-Signature (64 hex digits), or of webhook-signature (v1, and base64).',
  },
  'body-indented': {
    title: 'The body was written again, indented',
    text: `Your receiver parsed the JSON and pretty-printed it. ${RAW}`,
  },
  'body-spaced': {
    title: 'The body was written again, with spaces after : and ,',
    text: `This is what Python's json.dumps makes of parsed JSON. ${RAW}`,
  },
  'body-escaped': {
    title: 'The body was written again, with \\u escapes',
    text: `Characters beyond ASCII were escaped; the gateway sends them as UTF-8. ${RAW}`,
  },
  'body-slashes': {
    title: 'The body was written again, with \\/ for /',
    text: `This is what PHP's json_encode makes of parsed JSON. ${RAW}`,
  },
  'body-html': {
    title: 'The body was written again, with <, > and & escaped',
    text: `This is what Go's json.Marshal makes of parsed JSON. ${RAW}`,
  },
  'body-sorted': {
    title: 'The body was written again, its keys in another order',
    text: `Your receiver parsed the JSON into a map and wrote that. ${RAW}`,
  },
  'body-newline': {
    title: 'A line break at the end differs',
    text: 'The gateway sends none. If it did not come with pasting, your receiver adds one: hash the bytes without it.',
  },
  'body-space': {
    title: 'There is space around the body',
    text: 'The gateway sends none. If it did not come with pasting, hash the bytes as they arrived.',
  },
  'body-mark': {
    title: 'A byte order mark stands before the body',
    text: 'The gateway sends none: read the body as bytes, or as UTF-8 without a mark.',
  },
  'body-string': {
    title: 'The body was put into a JSON string',
    text: `It was stringified twice. ${RAW}`,
  },
  'body-reformatted': {
    title: 'The body was written again',
    text: `It is the same JSON in other bytes. ${RAW}`,
  },
  'secret-space': {
    title: 'There is space around the secret',
    text: 'Often a line break at the end of a file or an environment variable: trim it when you load it.',
  },
  'secret-quoted': {
    title: 'The secret stands in quotes',
    text: 'They are no part of it: remove them where it is configured.',
  },
  'secret-prefix': {
    title: 'The secret’s whsec_ is not as it should be',
    text: 'For X-Webhook-Signature the key is the whole text of the secret, whsec_ included. Do not cut it off.',
  },
  'secret-other': {
    title: 'This is another secret',
    text: 'It was signed with your current secret, which is not the one that your receiver uses. Configure that one there.',
  },
  'secret-decoded': {
    title: 'The key was derived in another way',
    text: 'For X-Webhook-Signature the key is the secret’s text, whsec_ included, not what base64 makes of it.',
  },
  'signed-parts': {
    title: 'webhook-id or webhook-timestamp is not what was signed',
    text: 'The signed text is webhook-id, a full stop, webhook-timestamp, a full stop, and the body. Paste all three headers of one request.',
  },
  altered: {
    title: 'The body was altered',
    text: 'It is not what the gateway sent. Look for what changes it: a proxy, a logger that shortens or masks, a framework.',
  },
  'altered-or-secret': {
    title: 'The body was altered, or it is another secret',
    text:
      'No rewriting of this body fits, under this secret or your current one. Paste all headers of the request: ' +
      'its webhook-id tells which delivery it was, and what was sent can be compared.',
  },
  foreign: {
    title: 'The signature belongs to something else',
    text:
      'It does not fit what the gateway sent, under this secret or your current one. Either the secret was changed ' +
      'since that attempt, or the header is of another delivery. Retry the delivery and look at the new request.',
  },
};

export const MATCHES: Record<Scheme, Advice> = {
  hex: {
    title: 'The signature is right',
    text:
      'If your receiver refuses it, it computes something else: the key is the whole secret with whsec_, the message ' +
      'the body and nothing more, the result lower-case hex.',
  },
  standard: {
    title: 'The signature is right',
    text:
      'If your library refuses it, look at the clock: libraries refuse a webhook-timestamp more than five minutes ' +
      'away. Every attempt is signed anew, so a retry from here is fresh.',
  },
};

export const SCHEME_NAMES: Record<Scheme, string> = { hex: 'X-Webhook-Signature', standard: 'webhook-signature' };
