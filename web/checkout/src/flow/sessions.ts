/** What survives a reload: order id → where its payment stands. Never what the payer typed. */

export interface Session {
  idempotencyKey: string;
  paymentId?: string;
  clientSecret?: string;
}

export interface Sessions {
  read(orderId: string): Session | null;
  write(orderId: string, session: Session): void;
  remove(orderId: string): void;
}

const PREFIX = 'checkout:';

/** In `storage()`; where a browser denies it (third-party frames), reloading just starts over. */
export function makeSessions(storage: () => Storage): Sessions {
  const attempt = <Value>(action: () => Value): Value | null => {
    try {
      return action();
    } catch {
      return null;
    }
  };
  return {
    read: (orderId) => attempt(() => JSON.parse(storage().getItem(PREFIX + orderId) ?? 'null') as Session | null),
    write: (orderId, session) => attempt(() => storage().setItem(PREFIX + orderId, JSON.stringify(session))),
    remove: (orderId) => attempt(() => storage().removeItem(PREFIX + orderId)),
  };
}
