/** The ways in which a body is written again on its way through a receiver, and their way back. */

export type BodyChange =
  | 'body-indented'
  | 'body-spaced'
  | 'body-escaped'
  | 'body-slashes'
  | 'body-html'
  | 'body-sorted'
  | 'body-newline'
  | 'body-space'
  | 'body-mark'
  | 'body-string'
  | 'body-reformatted';

/** A body that may be what was signed. */
export interface Candidate {
  text: string;
  /** What has to have happened between it and the pasted body; none if they are the same. */
  changes: BodyChange[];
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const ascii = (text: string) => text.replace(/[\u007f-\uffff]/g, escaped);
const html = (text: string) => text.replace(/[<>&\u2028\u2029]/g, escaped);
const slashes = (text: string) => text.replaceAll('/', '\\/');
const compact = (value: Json) => JSON.stringify(value);

/** How libraries write parsed JSON, by what is unlike `JSON.stringify`. */
const WRITERS: { changes: BodyChange[]; write(value: Json): string }[] = [
  { changes: ['body-indented'], write: (value) => JSON.stringify(value, null, 2) },
  { changes: ['body-indented'], write: (value) => JSON.stringify(value, null, 4) },
  { changes: ['body-indented'], write: (value) => JSON.stringify(value, null, '\t') },
  { changes: ['body-indented', 'body-escaped'], write: (value) => ascii(JSON.stringify(value, null, 2)) },
  { changes: ['body-indented', 'body-escaped'], write: (value) => ascii(JSON.stringify(value, null, 4)) },
  { changes: ['body-escaped'], write: (value) => ascii(compact(value)) },
  { changes: ['body-spaced'], write: spaced },
  { changes: ['body-spaced', 'body-escaped'], write: (value) => ascii(spaced(value)) },
  { changes: ['body-slashes'], write: (value) => slashes(compact(value)) },
  { changes: ['body-slashes', 'body-escaped'], write: (value) => ascii(slashes(compact(value))) },
  { changes: ['body-html'], write: (value) => html(compact(value)) },
  { changes: ['body-sorted'], write: (value) => compact(sorted(value)) },
  { changes: ['body-sorted', 'body-html'], write: (value) => html(compact(sorted(value))) },
  { changes: ['body-sorted', 'body-spaced'], write: (value) => spaced(sorted(value)) },
  { changes: ['body-sorted', 'body-spaced', 'body-escaped'], write: (value) => ascii(spaced(sorted(value))) },
];

/**
 * Bodies that may have been signed, given what a receiver says it got, likeliest first and each once.
 *
 * `sent` is what the gateway's log has of the delivery, if the delivery is known.
 */
export function candidatesOf(pasted: string, sent: string | null): Candidate[] {
  const found = new Map<string, Candidate>([[pasted, { text: pasted, changes: [] }]]);
  const add = (text: string, changes: BodyChange[]) => found.has(text) || found.set(text, { text, changes });
  if (sent !== null && isSameValue(sent, pasted)) add(sent, changesBetween(sent, pasted));
  const inner = unframed(pasted);
  add(inner.text, inner.changes);
  const value = parsed(pasted);
  if (value === undefined) return [...found.values()];
  if (typeof value === 'string') add(value, ['body-string']);
  const stringified = compact(value);
  add(stringified, changesBetween(stringified, pasted));
  // The other way round: it is not the receiver that wrote it again, but whoever signed.
  for (const { changes, write } of WRITERS) add(write(value), changes);
  for (const each of [pasted, stringified]) add(`${each}\n`, ['body-newline']);
  return [...found.values()];
}

/** How `pasted` came about from the body that was signed, both being the same value. */
function changesBetween(signed: string, pasted: string): BodyChange[] {
  const inner = unframed(pasted);
  if (inner.text === signed) return inner.changes;
  const value = parsed(signed);
  const writer = value === undefined ? undefined : WRITERS.find(({ write }) => write(value) === inner.text);
  return writer?.changes ?? (parsed(inner.text) === signed ? ['body-string'] : ['body-reformatted']);
}

/** Without what may stand around a body: a byte order mark, a line's end, space. */
function unframed(pasted: string): Candidate {
  const text = pasted.trim(); // takes the mark away too
  if (text === pasted) return { text, changes: [] };
  if (pasted.startsWith('\ufeff')) return { text, changes: ['body-mark'] };
  return { text, changes: [/^\r?\n$/.test(pasted.slice(text.length)) ? 'body-newline' : 'body-space'] };
}

/** Undefined for what is no JSON. */
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

/** Whether both are the same JSON, whatever the order of keys; or the same text but for what stands around it. */
function isSameValue(one: string, other: string): boolean {
  const [left, right] = [parsed(one), parsed(other)];
  if (left === undefined || right === undefined) return one.trim() === other.trim();
  const inner = typeof right === 'string' && typeof left !== 'string' ? parsed(right) : right;
  return inner !== undefined && compact(sorted(left)) === compact(sorted(inner));
}

/** Where two bodies part, with some characters on either side. */
export interface Difference {
  at: number;
  sent: string;
  pasted: string;
}

const CONTEXT_CHARACTERS = 24;

export function differenceOf(sent: string, pasted: string): Difference {
  let at = 0;
  while (at < sent.length && sent[at] === pasted[at]) at++;
  const around = (text: string) => text.slice(Math.max(0, at - CONTEXT_CHARACTERS), at + CONTEXT_CHARACTERS);
  return { at, sent: around(sent), pasted: around(pasted) };
}

function spaced(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (value === null || typeof value !== 'object') return compact(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${compact(name)}: ${spaced(each)}`)
    .join(', ')}}`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, each]): [string, Json] => [name, sorted(each)]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
