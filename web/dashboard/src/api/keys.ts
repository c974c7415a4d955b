/** API keys. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';
import { SESSION } from './queries.ts';

export type { ApiKey, NewApiKey } from './types.ts';

const KEYS = ['api-keys'];

export function useKeys() {
  return useQuery({
    queryKey: KEYS,
    queryFn: async ({ signal }) => (await answerOf(api.GET('/api/v1/api-keys', { signal }))).data,
  });
}

/** The session names the primary key, so it is read again too. */
function useRefreshKeys() {
  const queries = useQueryClient();
  return () =>
    Promise.all([queries.invalidateQueries({ queryKey: KEYS }), queries.invalidateQueries({ queryKey: SESSION })]);
}

export function useCreateKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    mutationFn: (body: { name?: string }) => answerOf(api.POST('/api/v1/api-keys', { body })),
    onSuccess: refresh,
    gcTime: 0, // the secret is forgotten with the component that shows it
  });
}

/** The old key goes on working for `overlapS` seconds. */
export function useRollKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    mutationFn: ({ key, overlapS }: { key: string; overlapS: number }) =>
      answerOf(
        api.POST('/api/v1/api-keys/{key}/roll', { params: { path: { key } }, body: { overlap_seconds: overlapS } }),
      ),
    onSuccess: refresh,
    gcTime: 0,
  });
}

export function useRevokeKey() {
  const refresh = useRefreshKeys();
  return useMutation({
    mutationFn: (key: string) => answerOf(api.POST('/api/v1/api-keys/{key}/revoke', { params: { path: { key } } })),
    onSuccess: refresh,
  });
}
