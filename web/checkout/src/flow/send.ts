import { ApiError } from '../api/client.ts';
import type { GatewayApi, NewPayment } from '../api/gateway.ts';
import { backOffMs, type Connection } from './connection.ts';

const GIVE_UP_AFTER_MS = 2 * 60_000;
const MAX_RETRY_AFTER_MS = 10_000;

/** Two minutes passed without an answer: the payment may exist. */
export class Unanswered extends Error {}

/**
 * Create the payment, repeating the request under the same key while no answer comes: the API runs it once.
 * Throws the `ApiError` of a refusal, or `Unanswered`.
 */
export async function send(
  api: GatewayApi,
  body: object,
  idempotencyKey: string,
  connection: Connection,
  onLost: () => void,
): Promise<NewPayment> {
  const began = connection.now();
  for (let attempt = 0; connection.now() - began < GIVE_UP_AFTER_MS; attempt++) {
    try {
      return await api.pay(body, idempotencyKey);
    } catch (error) {
      if (error instanceof ApiError && !error.isPassing) throw error;
      const hintMs = error instanceof ApiError ? error.retryAfterMs : 0;
      if (!(error instanceof ApiError)) onLost();
      await connection.pause(Math.max(backOffMs(attempt), Math.min(hintMs, MAX_RETRY_AFTER_MS)));
    }
  }
  throw new Unanswered();
}
