/** Webhook configuration, the delivery log, retries. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { answerOf, api } from './client.ts';
import { ApiError } from './errors.ts';
import type { components } from './schema.d.ts';
import { useAskAgain, useLiveEvent, useRefetchMs } from './use-live.ts';

export type WebhookConfig = components['schemas']['WebhookConfig'];
export type WebhookChange = components['schemas']['WebhookConfigInput'];
export type Delivery = components['schemas']['Delivery'];
export type DeliveryDetails = components['schemas']['DeliveryDetails'];
export type Attempt = components['schemas']['Attempt'];
export type EventName = Delivery['event'];

/** In the order in which they happen; `webhook.test` is sent whatever is chosen. */
export const EVENTS = [
  'payment.created',
  'payment.pending',
  'payment.success',
  'payment.failed',
  'refund.created',
  'refund.processed',
  'refund.failed',
] as const satisfies readonly EventName[];

export const ALL_EVENTS: readonly EventName[] = [...EVENTS, 'webhook.test'];
export const DELIVERY_STATUSES = ['pending', 'success', 'failed'] as const satisfies readonly Delivery['status'][];

export interface DeliveryFilters {
  status: string;
  event: string;
  /** The beginning of the id of a payment, refund or test. */
  q: string;
  offset: number;
}

export const PAGE_ROWS = 20;
const CONFIG = ['webhook-config'];
const LIST = ['webhooks'];
const PENDING_MS = 1_500;
/** No event tells of attempts, nor of retries that others started. */
const REST_MS = 5_000;
const LOOKS_MS = [400, 1_400, 2_900];
const GATHER_MS = 100;

export function useWebhookConfig() {
  return useQuery({
    queryKey: CONFIG,
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/webhooks/config', { signal })),
  });
}

export function useSaveWebhookConfig() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: WebhookChange) => answerOf(api.PUT('/api/v1/webhooks/config', { body })),
    onSuccess: (config) => queries.setQueryData(CONFIG, config),
  });
}

/** The secret itself: asked for when it is to be seen, kept nowhere but in the component that shows it. */
export function useRevealSecret() {
  return useMutation({ mutationFn: revealSecret, gcTime: 0 });
}

export async function revealSecret(): Promise<string | null> {
  return (await answerOf(api.GET('/api/v1/webhooks/secret'))).webhook_secret;
}

export function useRegenerateSecret() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/webhooks/regenerate-secret')),
    onSuccess: () => queries.invalidateQueries({ queryKey: CONFIG }),
    gcTime: 0,
  });
}

export function useSendTest() {
  const refresh = useRefreshLog();
  return useMutation({ mutationFn: () => answerOf(api.POST('/api/v1/webhooks/test')), onSuccess: refresh });
}

export function useDeliveries({ status, event, q, offset }: DeliveryFilters) {
  const restMs = useRefetchMs(REST_MS);
  return useQuery({
    queryKey: [...LIST, { status, event, q, offset }],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/webhooks', {
          params: {
            query: {
              limit: PAGE_ROWS,
              offset,
              ...(status && { status: [status as Delivery['status']] }),
              ...(event && { event: [event as components['schemas']['EventType']] }),
              ...(q && { q }),
            },
          },
          signal,
        }),
      ),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => Math.min(nextLookMs(state.data?.data ?? [], Date.now()), restMs),
  });
}

export function useDelivery(id: string) {
  const restMs = useRefetchMs(REST_MS);
  return useQuery({
    queryKey: ['webhook', id],
    queryFn: ({ signal }) => readDelivery(id, signal),
    refetchInterval: ({ state }) => Math.min(nextLookMs(state.data ? [state.data] : [], Date.now()), restMs),
  });
}

export function readDelivery(id: string, signal?: AbortSignal): Promise<DeliveryDetails> {
  return answerOf(
    api.GET('/api/v1/webhooks/{delivery_id}', {
      params: { path: { delivery_id: id } },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** The body that was sent for the delivery `id`; null when there is no such delivery of this merchant. */
export async function sentBody(id: string): Promise<string | null> {
  try {
    return (await readDelivery(id)).payload;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** How soon to look again: when an attempt at one of them is due, in `REST_MS` at the latest. */
export function nextLookMs(deliveries: readonly Delivery[], nowMs: number): number {
  const waits = deliveries
    .filter(({ status }) => status === 'pending')
    .map(({ next_retry_at }) => (next_retry_at ? Date.parse(next_retry_at) - nowMs : 0));
  return Math.max(PENDING_MS, Math.min(...waits, REST_MS));
}

export function useRetry() {
  const refresh = useRefreshLog();
  return useMutation({
    mutationFn: (id: string) =>
      answerOf(api.POST('/api/v1/webhooks/{delivery_id}/retry', { params: { path: { delivery_id: id } } })),
    onSuccess: refresh,
  });
}

/** Every failed delivery created since `since` (RFC 3339), of one event or of all. */
export function useRetryFailed() {
  const refresh = useRefreshLog();
  return useMutation({
    mutationFn: (body: { since: string; event?: EventName }) =>
      answerOf(api.POST('/api/v1/webhooks/retry-failed', { body })),
    onSuccess: refresh,
  });
}

function useRefreshLog() {
  const queries = useQueryClient();
  return () =>
    Promise.all([queries.invalidateQueries({ queryKey: LIST }), queries.invalidateQueries({ queryKey: ['webhook'] })]);
}

/** Asks for the log again after an event: its delivery is made a moment later, and sent a moment after that. */
export function useLiveLog(): void {
  const askAgain = useAskAgain(LIST, GATHER_MS);
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);
  useEffect(() => () => timers.current.forEach(clearTimeout), []);
  useLiveEvent(() => {
    if (timers.current.length) return;
    timers.current = LOOKS_MS.map((lookMs, at) =>
      setTimeout(() => {
        if (at === LOOKS_MS.length - 1) timers.current = [];
        askAgain();
      }, lookMs),
    );
  });
}
