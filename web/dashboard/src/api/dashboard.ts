/** Totals and queue health. */
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';
import { useAskAgain, useLiveEvent, useRefetchMs } from './use-live.ts';

export type { Bucket, CurrencyAmount, Queue, Queues, Summary } from './types.ts';

export const PERIODS = [1, 7, 30, 90] as const;
export type Days = (typeof PERIODS)[number];

const QUEUES_MS = 5_000;
const GATHER_MS = 500;

export function useSummary(days: Days) {
  return useQuery({
    queryKey: ['summary', days],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/dashboard/summary', { params: { query: { days } }, signal })),
    refetchInterval: useRefetchMs(60_000, 10_000),
    placeholderData: (previous) => previous,
  });
}

export function useQueues() {
  return useQuery({
    queryKey: ['queues'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/dashboard/queues', { signal })),
    refetchInterval: QUEUES_MS,
  });
}

/** Asks for the totals again after events, at most once per `GATHER_MS` however many there are. */
export function useLiveTotals(): void {
  const askTotals = useAskAgain(['summary'], GATHER_MS);
  const askQueues = useAskAgain(['queues'], GATHER_MS);
  useLiveEvent(() => {
    askTotals();
    askQueues();
  });
}
