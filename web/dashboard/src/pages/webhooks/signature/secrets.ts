/** What a secret may have been mistaken for. */
import { type Bytes, fromBase64, toBase64, utf8 } from './bytes.ts';

export type SecretChange = 'secret-space' | 'secret-quoted' | 'secret-prefix' | 'secret-other' | 'secret-decoded';

/** A key that may have signed; `change`: how the pasted secret differs from it, null if it does not. */
export interface Key {
  bytes: Bytes;
  change: SecretChange | null;
}

const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** Texts that may be the secret, likeliest first; `own` is the merchant's current one, where it is known. */
function secretsOf(pasted: string, own: string | null): { text: string; change: SecretChange | null }[] {
  const trimmed = pasted.trim();
  const bare = trimmed.replace(/^(['"])(.*)\1$/, '$2');
  return [
    { text: pasted, change: null },
    { text: trimmed, change: 'secret-space' },
    { text: bare, change: 'secret-quoted' },
    { text: bare.startsWith(PREFIX) ? bare.slice(PREFIX.length) : PREFIX + bare, change: 'secret-prefix' },
    ...(own === null ? [] : [{ text: own, change: 'secret-other' as const }]),
  ];
}

/** Keys of X-Webhook-Signature: a secret's UTF-8 text as it stands; last, what a base64 decoder makes of it. */
export function hexKeys(pasted: string, own: string | null): Key[] {
  const keys: Key[] = secretsOf(pasted, own).map(({ text, change }) => ({ bytes: utf8(text), change }));
  const decoded = decodedKey(pasted.trim());
  if (decoded) keys.push({ bytes: decoded, change: 'secret-decoded' });
  return usable(keys);
}

/** Keys of webhook-signature: what is base64 after `whsec_`, decoded; else the whole text. */
export function standardKeys(pasted: string, own: string | null): Key[] {
  const secrets = secretsOf(pasted, own);
  return usable([
    ...secrets.map(({ text, change }) => ({ bytes: decodedKey(text) ?? utf8(text), change })),
    ...secrets.slice(0, 1).map(({ text }) => ({ bytes: utf8(text), change: 'secret-decoded' as const })),
  ]);
}

/** The bytes that Standard Webhooks libraries derive; null where they take the text itself (the API's own rule). */
function decodedKey(secret: string): Bytes | null {
  if (!secret.startsWith(PREFIX)) return null;
  const encoded = secret.slice(PREFIX.length);
  const key = fromBase64(encoded);
  const isKey = key && key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES && toBase64(key) === encoded;
  return isKey ? key : null;
}

/** Each once, and none empty: the first says the least about the pasted one. */
function usable(keys: Key[]): Key[] {
  const seen = new Set<string>();
  return keys.filter(({ bytes }) => {
    const name = bytes.join();
    return bytes.length > 0 && !seen.has(name) && seen.add(name);
  });
}
