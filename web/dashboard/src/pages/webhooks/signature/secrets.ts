/** What a secret may have been mistaken for. */
import { type Bytes, fromBase64, utf8 } from './bytes.ts';

export type SecretChange = 'secret-space' | 'secret-quoted' | 'secret-prefix' | 'secret-other' | 'secret-decoded';

/** A key that may have signed; `change`: how the pasted secret differs from it, null if it does not. */
export interface Key {
  bytes: Bytes;
  change: SecretChange | null;
}

const PREFIX = 'whsec_';

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
  const decoded = libraryKey(pasted.trim());
  if (decoded) keys.push({ bytes: decoded, change: 'secret-decoded' });
  return usable(keys);
}

/** Keys of webhook-signature: a secret's text and, where they make another key of it, that of the libraries. */
export function standardKeys(pasted: string, own: string | null): Key[] {
  return usable(
    secretsOf(pasted, own).flatMap(({ text, change }) =>
      [utf8(text), libraryKey(text)].flatMap((bytes) => (bytes ? [{ bytes, change }] : [])),
    ),
  );
}

/** The bytes that Standard Webhooks libraries derive, those included that skip what is not base64; null for none. */
function libraryKey(secret: string): Bytes | null {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return fromBase64(encoded.replaceAll(/[^A-Za-z0-9+/]/g, ''));
}

/** Each once, and none empty: the first says the least about the pasted one. */
function usable(keys: Key[]): Key[] {
  const seen = new Set<string>();
  return keys.filter(({ bytes }) => {
    const name = bytes.join();
    return bytes.length > 0 && !seen.has(name) && seen.add(name);
  });
}
