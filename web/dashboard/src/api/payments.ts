/** Payments: lists, what happened around one, and what can be done with it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, fullAnswerOf } from './client.ts';
import { ApiError } from './errors.ts';
import type { components, paths } from './schema.d.ts';

export type Payment = components['schemas']['Payment'];
export type Refund = components['schemas']['Refund'];
export type Timeline = components['schemas']['PaymentTimeline'];
export type TimelineEntry = components['schemas']['TimelineEntry'];

/** The list's filters as text, as the page's address has them; several choices stand between commas. */
export type PaymentQuery = Partial<
  Record<'q' | 'status' | 'method' | 'created_from' | 'created_to' | 'requires_review', string>
> &
  Partial<Record<'amount_min' | 'amount_max', string | number>>;

type ListQuery = NonNullable<paths['/api/v1/payments']['get']['parameters']['query']>;

export interface PaymentPage {
  payments: Payment[];
  /** Of all pages. */
  total: number;
  /** '' on the last page. */
  nextCursor: string;
}

export const PAGE_ROWS = 25;
/** Where the file with the same payments as the list is. */
export const EXPORT = '/api/v1/payments/export';
const KEY_BYTES = 16;

/** What was charged, as far as anyone may know. */
export function instrumentOf({ vpa, card_network, card_last4 }: Payment): string {
  return vpa ?? `${card_network ?? ''} •••• ${card_last4 ?? ''}`.trim();
}

/** One page; `refetchMs`: how soon to ask again, decided by what was found. Events are not kept while no page listens, so it is always asked again. */
export function usePayments(
  filters: PaymentQuery,
  cursor: string,
  refetchMs: (found: PaymentPage | undefined) => number,
) {
  return useQuery({
    queryKey: ['payments', filters, cursor],
    queryFn: ({ signal }) => readPage(filters, cursor, signal),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) => refetchMs(state.data),
    staleTime: 0,
  });
}

async function readPage(filters: PaymentQuery, cursor: string, signal: AbortSignal): Promise<PaymentPage> {
  const query: object = { ...filters, limit: PAGE_ROWS, ...(cursor && { cursor }) };
  const { data, response } = await fullAnswerOf(
    api.GET('/api/v1/payments', { params: { query: query as ListQuery }, signal }),
  );
  return {
    payments: data,
    total: Number(response.headers.get('X-Total-Count') ?? data.length),
    nextCursor: nextCursor(response.headers.get('Link') ?? ''),
  };
}

/** The cursor of `Link: <…?cursor=…>; rel="next"` (RFC 8288); '' without one. */
export function nextCursor(link: string): string {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link)?.[1];
  return target ? (new URL(target, location.origin).searchParams.get('cursor') ?? '') : '';
}

/** `refetchMs`: how soon to ask again, decided by what was found. */
export function useTimeline(id: string, refetchMs: (found: Timeline | undefined) => number | false) {
  return useQuery({
    queryKey: ['timeline', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/payments/{payment_id}/timeline', { params: { path: { payment_id: id } }, signal })),
    refetchInterval: ({ state }) => refetchMs(state.data),
    staleTime: 0,
  });
}

/** One for each thing that is to happen once, however often it is sent. Also where `randomUUID` is not: over plain HTTP. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return `dashboard-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function about(id: string, key: string) {
  return { params: { path: { payment_id: id }, header: { 'Idempotency-Key': key } } };
}

/** Also after a refusal: it tells that the payment is not as the page shows it. */
function useRefreshPayment(id: string) {
  const queries = useQueryClient();
  return (_data: unknown, error: Error | null) => {
    if (error instanceof ApiError && error.status === 401) return;
    void queries.invalidateQueries({ queryKey: ['payments'] });
    void queries.invalidateQueries({ queryKey: ['summary'] });
    return queries.invalidateQueries({ queryKey: ['timeline', id] });
  };
}

export function useCapture(id: string, key: string) {
  return useMutation({
    mutationFn: (amount: number) =>
      answerOf(api.POST('/api/v1/payments/{payment_id}/capture', { ...about(id, key), body: { amount } })),
    onSettled: useRefreshPayment(id),
  });
}

export function useRefund(id: string, key: string) {
  return useMutation({
    mutationFn: (body: { amount: number; reason?: string }) =>
      answerOf(api.POST('/api/v1/payments/{payment_id}/refunds', { ...about(id, key), body })),
    onSettled: useRefreshPayment(id),
  });
}
