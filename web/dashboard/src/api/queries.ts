/** The query cache: what is asked again when, and what a lost session does. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors.ts';
import { standing } from './standing.ts';

const STALE_MS = 10_000;
const MAX_RETRIES = 2;
const MAX_RETRY_DELAY_MS = 8_000;

export const SESSION = ['session'];

/** A 401 anywhere means that nobody is signed in: the guard then leads to the login page. */
export function makeQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (!(error instanceof ApiError && error.status === 401)) return;
    standing.isSignedOut = true;
    client.setQueryData(SESSION, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: STALE_MS, retry: mayRetry, retryDelay: delayMs, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

function mayRetry(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.isPassing && failures < MAX_RETRIES;
}

function delayMs(failures: number, error: Error): number {
  const hintMs = error instanceof ApiError ? error.retryAfterS * 1000 : 0;
  return Math.min(hintMs || 500 * 2 ** failures, MAX_RETRY_DELAY_MS);
}
