/** What was pasted as headers, and the digests that are in it. */
import { type Bytes, DIGEST_BYTES, fromBase64, fromHex } from './bytes.ts';

export interface PastedHeaders {
  /** Of X-Webhook-Signature. */
  signature: string;
  /** Of webhook-signature, with the two that are signed along. */
  standard: string;
  id: string;
  timestamp: string;
}

const NAMES: Record<string, keyof PastedHeaders> = {
  'x-webhook-signature': 'signature',
  'webhook-signature': 'standard',
  'webhook-id': 'id',
  'webhook-timestamp': 'timestamp',
};
/** A header alone, of a curl command (`-H '…' \`), or of a printed object (`'name': 'value',`). */
const LINE = /^\s*(?:-H\s+)?['"]?([A-Za-z-]+)['"]?\s*:\s*(.*?)\s*(?:,|\\)?\s*$/;

/** Named headers, one a line; or the value of a signature header alone. */
export function readHeaders(text: string): PastedHeaders {
  const found: PastedHeaders = { signature: '', standard: '', id: '', timestamp: '' };
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    const known = NAMES[name.toLowerCase()];
    if (known) found[known] = unquoted(value, line);
  }
  if (Object.values(found).some(Boolean)) return found;
  const alone = text.trim();
  return /^v1a?,/.test(alone) ? { ...found, standard: alone } : { ...found, signature: alone };
}

/** A quote that ends a curl argument or a printed string is not the value's own. */
function unquoted(value: string, line: string): string {
  const isArgument = /^\s*-H\s+(['"])/.exec(line)?.[1];
  if (isArgument && value.endsWith(isArgument)) return value.slice(0, -1);
  return /^\s*['"]/.test(line) ? value.replace(/^(['"])(.*)\1$/, '$2') : value;
}

export type HeaderFault =
  | 'header-quoted'
  | 'header-prefix'
  | 'header-case'
  | 'header-base64'
  | 'header-hex'
  | 'header-version'
  | 'header-cut'
  | 'header-unreadable';

export interface ReadSignature {
  /** More than one while a secret is being replaced; none when nothing can be read. */
  digests: Bytes[];
  faults: HeaderFault[];
}

/** X-Webhook-Signature: 64 lower-case hex digits. Whatever else can be read is read, with what is wrong about it. */
export function readHexSignature(given: string): ReadSignature {
  const faults: HeaderFault[] = [];
  let text = strip(given.trim(), /^(['"])(.*)\1$/, 'header-quoted', faults);
  text = strip(text, /^(sha-?256|hmac-sha256|v1)[=,:](.*)$/i, 'header-prefix', faults).trim();
  if (/^[0-9a-f]{64}$/i.test(text)) {
    if (/[A-F]/.test(text)) faults.push('header-case');
    return { digests: [fromHex(text)], faults };
  }
  const decoded = fromBase64(text);
  if (decoded?.length === DIGEST_BYTES) return { digests: [decoded], faults: [...faults, 'header-base64'] };
  return { digests: [], faults: [...faults, /^[0-9a-f]+$/i.test(text) ? 'header-cut' : 'header-unreadable'] };
}

function strip(text: string, pattern: RegExp, fault: HeaderFault, faults: HeaderFault[]): string {
  const match = pattern.exec(text);
  if (!match) return text;
  faults.push(fault);
  return match[2] ?? '';
}

/** webhook-signature: `v1,` and base64, several of them between spaces (Standard Webhooks 1.0). */
export function readStandardSignature(given: string): ReadSignature {
  const faults = new Set<HeaderFault>();
  const digests: Bytes[] = [];
  for (const entry of given.trim().split(/\s+/)) {
    const [, version, rest = ''] = /^(v1[=:]|v1,|)(.*)$/.exec(entry) ?? [];
    const digest = fromBase64(rest);
    if (version !== 'v1,') faults.add('header-version');
    if (/^[0-9a-f]{64}$/i.test(rest)) {
      faults.add('header-hex');
      digests.push(fromHex(rest));
    } else if (digest?.length === DIGEST_BYTES) digests.push(digest);
  }
  if (digests.length === 0) return { digests, faults: ['header-unreadable'] };
  return { digests, faults: [...faults] };
}
