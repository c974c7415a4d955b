/** The API on this page's own origin: typed paths, the header that proves the page, one kind of error. */
import createClient from 'openapi-fetch';
import { ApiError, errorOf, signedOut, unreachable } from './errors.ts';
import type { paths } from './schema.d.ts';
import { standing } from './standing.ts';

const SESSION_PATH = '/api/v1/session';
const TIMEOUT_MS = 20_000;

/** Looked up at each request, so that tests may answer in its place. */
async function send(request: Request): Promise<Response> {
  if (standing.isSignedOut && new URL(request.url).pathname !== SESSION_PATH) throw signedOut();
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await globalThis.fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw unreachable();
  }
}

export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  headers: { 'X-Gateway-Dashboard': '1' },
  fetch: send,
});

interface Called<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What a 2xx answer held; throws ApiError for any other. */
export async function answerOf<Data>(call: Promise<Called<Data>>): Promise<Data> {
  return (await fullAnswerOf(call)).data;
}

/** The same, with the response for its headers. */
export async function fullAnswerOf<Data>(call: Promise<Called<Data>>): Promise<{ data: Data; response: Response }> {
  const { data, error, response } = await call.catch((failure: unknown) => {
    throw failure instanceof SyntaxError ? unreachable() : failure;
  });
  if (!response.ok) throw errorOf(response, error);
  return { data: data as Data, response };
}

export { ApiError };
