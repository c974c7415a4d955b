/** The merchant's own settings. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';
import { SESSION } from './queries.ts';
import type { components } from './schema.d.ts';
import type { Session } from './types.ts';

export type Settings = components['schemas']['MerchantSettings'];

const SETTINGS = ['settings'];

export function useSettings() {
  return useQuery({
    queryKey: SETTINGS,
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/merchant/settings', { signal })),
  });
}

/** The session shows the new name and zone at once; totals are of other days now. */
export function useSaveSettings() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Settings) => answerOf(api.PUT('/api/v1/merchant/settings', { body })),
    onSuccess: (settings) => {
      const { name, time_zone } = settings;
      queries.setQueryData(SETTINGS, settings);
      queries.setQueryData<Session | null>(
        SESSION,
        (session) => session && { ...session, merchant: { ...session.merchant, name, time_zone } },
      );
      void queries.invalidateQueries({ queryKey: ['summary'] });
    },
  });
}
