/** Texts are data: the server puts one language's into the page, the other is fetched when it is wanted. */
import type english from './en.json';
import enUrl from './en.json?url';
import hiUrl from './hi.json?url';

export type Locale = 'en' | 'hi';
export type Messages = typeof english;

/** `name` in the payer's language, with `{key}` replaced by `values.key`. */
export type Translate = (
  name: Exclude<keyof Messages, 'notices' | 'said'>,
  values?: Record<string, string | number>,
) => string;

const URLS: Record<Locale, string> = { en: enUrl, hi: hiUrl };

export async function loadMessages(locale: Locale, page: Document): Promise<Messages> {
  const block = page.getElementById(`messages-${locale}`);
  return block ? JSON.parse(block.textContent ?? '') : (await fetch(URLS[locale])).json();
}

export function translator(messages: Messages): Translate {
  return (name, values = {}) => messages[name].replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ''));
}
