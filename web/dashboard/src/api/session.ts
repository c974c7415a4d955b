/** Who is signed in. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect } from 'react';
import { answerOf, api } from './client.ts';
import { SESSION } from './queries.ts';
import { standing } from './standing.ts';
import type { Session } from './types.ts';

export type { Session };

/** Asks in a way that is no error: browsers write every 401 into their console. */
async function readSession(signal: AbortSignal): Promise<Session | null> {
  const query = { optional: true };
  return (await answerOf(api.GET('/api/v1/session', { params: { query }, signal }))) ?? null;
}

/** Signing in and out in one tab is noticed in all the others at once. */
const SIGNED_OUT = 'signed out';
const otherTabs = new BroadcastChannel('session');

function useOtherTabs(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const askAgain = ({ data }: MessageEvent) => {
      if (data === SIGNED_OUT) standing.hasLeft = true;
      void queries.invalidateQueries({ queryKey: SESSION });
    };
    otherTabs.addEventListener('message', askAgain);
    return () => otherTabs.removeEventListener('message', askAgain);
  }, [queries]);
}

/** `data` is null when nobody is signed in. Asked again when the page is returned to, and when another tab changed it. */
export function useSession() {
  useOtherTabs();
  return useQuery({
    queryKey: SESSION,
    queryFn: async ({ signal, client }) => {
      const next = await readSession(signal);
      if (next) enter(client, next);
      else standing.isSignedOut = true;
      return next;
    },
  });
}

/** From here on `session` is whose dashboard it is. */
function enter(queries: QueryClient, { merchant }: Session): void {
  if (standing.merchantId && standing.merchantId !== merchant.id) forget(queries);
  Object.assign(standing, { merchantId: merchant.id, isSignedOut: false, hasLeft: false });
}

/** Nothing that one merchant has read is left for the next. */
function forget(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}

/** What the guard has let in. Not the query itself: pages would see it end before the guard leads away from them. */
export const SessionContext = createContext<Session | null>(null);

/** The session of a page behind the guard. Throws where there is none. */
export function useMerchant(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useMerchant() needs a page behind the guard');
  return session;
}

/** For the login page: it stands alone, so nothing is shown that would ask again for what is forgotten. */
export function useForget(): void {
  const queries = useQueryClient();
  useEffect(() => forget(queries), [queries]);
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => answerOf(api.POST('/api/v1/session', { body })),
    onSuccess: (session) => {
      enter(queries, session);
      queries.setQueryData(SESSION, session);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
      otherTabs.postMessage('');
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/session')),
    onSuccess: () => {
      Object.assign(standing, { isSignedOut: true, hasLeft: true });
      queries.setQueryData(SESSION, null);
      otherTabs.postMessage(SIGNED_OUT);
    },
  });
}
