/** Text and digests as bytes, and HMAC-SHA256 by the browser itself. */

export type Bytes = Uint8Array<ArrayBuffer>;

export const DIGEST_BYTES = 32;

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** `text` must be an even number of hex digits. */
export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Null for what is no base64, in the plain or the URL-safe alphabet, padded or not. */
export function fromBase64(text: string): Bytes | null {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return null;
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}

export function areEqual(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Browsers have it only on https and on this machine. */
export function canSign(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Signs messages under one key, which must not be empty. */
export async function signer(key: Bytes): Promise<(message: Bytes) => Promise<Bytes>> {
  const imported = await crypto.subtle.importKey('raw', key, HMAC, false, ['sign']);
  return async (message) => new Uint8Array(await crypto.subtle.sign(HMAC, imported, message));
}
