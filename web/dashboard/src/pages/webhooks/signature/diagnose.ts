/** Why a receiver refuses a signature: tries what could have happened until the signature fits. */
import { type BodyChange, candidatesOf, type Difference, differenceOf } from './bodies.ts';
import { areEqual, type Bytes, signer, utf8 } from './bytes.ts';
import {
  type HeaderFault,
  type PastedHeaders,
  type ReadSignature,
  readHeaders,
  readHexSignature,
  readStandardSignature,
} from './headers.ts';
import { hexKeys, type Key, type SecretChange, standardKeys } from './secrets.ts';

export interface Pasted {
  body: string;
  /** Named headers, or a signature alone. */
  headers: string;
  secret: string;
}

/** What the gateway knows; null where it was not asked or does not know. */
export interface Known {
  /** The merchant's current secret. */
  secret: string | null;
  /** The body of the delivery that the headers name. */
  sent: string | null;
}

export type Scheme = 'hex' | 'standard';
export type Cause =
  | HeaderFault
  | BodyChange
  | SecretChange
  | 'signed-parts'
  | 'altered'
  | 'altered-or-secret'
  | 'foreign';

/** `causes` is empty when the signature is right. */
export interface Diagnosis {
  scheme: Scheme;
  causes: Cause[];
  difference?: Difference;
}

/** A body, and what has to have happened if it is the one that was signed. */
interface Tried {
  text: string;
  changes: Cause[];
}

interface Problem {
  scheme: Scheme;
  read: ReadSignature;
  keys: Key[];
  /** The bytes that are signed for a body. */
  message(body: string): Bytes;
}

/** One diagnosis for each signature that was pasted; none when there is none. */
export async function diagnose(pasted: Pasted, { secret, sent }: Known): Promise<Diagnosis[]> {
  const headers = readHeaders(pasted.headers);
  const candidates = candidatesOf(pasted.body, sent);
  const found: Diagnosis[] = [];
  for (const problem of problemsOf(headers, pasted.secret, secret)) {
    const causes = (await solve(problem, candidates)) ?? (await lastCauses(problem, headers, found, sent));
    const isAltered = sent !== null && causes.includes('altered');
    found.push({
      scheme: problem.scheme,
      causes,
      ...(isAltered ? { difference: differenceOf(sent, pasted.body) } : {}),
    });
  }
  return found;
}

function problemsOf(headers: PastedHeaders, secret: string, own: string | null): Problem[] {
  const problems: Problem[] = [];
  if (headers.signature)
    problems.push({
      scheme: 'hex',
      read: readHexSignature(headers.signature),
      keys: hexKeys(secret, own),
      message: utf8,
    });
  if (headers.standard)
    problems.push({
      scheme: 'standard',
      read: readStandardSignature(headers.standard),
      keys: standardKeys(secret, own),
      message: (body) => utf8(`${headers.id}.${headers.timestamp}.${body}`),
    });
  return problems;
}

/** What has to have happened for the signature to fit; null if nothing makes it fit. */
async function solve({ read, keys, message }: Problem, candidates: Tried[]): Promise<Cause[] | null> {
  if (read.digests.length === 0) return read.faults;
  for (const { bytes, change } of keys) {
    const sign = await signer(bytes);
    for (const { text, changes } of candidates) {
      const digest = await sign(message(text));
      if (!read.digests.some((each) => areEqual(each, digest))) continue;
      return [...read.faults, ...(change ? [change] : []), ...changes];
    }
  }
  return null;
}

/** For a signature that nothing makes fit: whose fault that is, as far as can be told. */
async function lastCauses(
  problem: Problem,
  { id, timestamp }: PastedHeaders,
  before: Diagnosis[],
  sent: string | null,
): Promise<Cause[]> {
  const { scheme, read } = problem;
  const isBodyRight = before.some(({ causes }) => !causes.some((cause) => UNSOLVED.has(cause)));
  if (scheme === 'standard' && (!id || !timestamp || isBodyRight)) return [...read.faults, 'signed-parts'];
  if (sent === null) return [...read.faults, 'altered-or-secret'];
  return (await solve(problem, [{ text: sent, changes: ['altered'] }])) ?? [...read.faults, 'foreign'];
}

const UNSOLVED: ReadonlySet<Cause> = new Set([
  'altered',
  'altered-or-secret',
  'foreign',
  'header-cut',
  'header-unreadable',
]);
