/** The API as the flow sees it, driven by hand: each call is answered by what the test has put in its queue. */
import type { RefusalCode } from '../../../sdk/src/protocol.ts';
import { ApiError, Unreachable } from '../src/api/client.ts';
import type { GatewayApi, NewPayment, Order, Payment } from '../src/api/gateway.ts';
import type { Connection } from '../src/flow/connection.ts';
import { Flow } from '../src/flow/flow.ts';
import type { Session, Sessions } from '../src/flow/sessions.ts';
import type { State } from '../src/flow/state.ts';

export const ORDER: Order = {
  id: 'order_1',
  amount: 49_900,
  currency: 'INR',
  status: 'created',
  merchant_name: 'Chai & Co',
  payment_id: null,
};

export function payment(changes: Partial<Payment> = {}): Payment {
  return { id: 'pay_1', status: 'pending', method: 'upi', next_action: null, signature: null, ...changes };
}

export function refusal(status: number, code: string, description = code, field = ''): ApiError {
  return new ApiError(status, code, description, field);
}

export const LOST = new Unreachable();

type Answer<Value> = Value | Error;

export class FakeApi implements GatewayApi {
  orders: Answer<Order>[] = [];
  created: Answer<NewPayment>[] = [];
  looks: Answer<Payment>[] = [];
  codes: Answer<Payment>[] = [];
  cancelled: Answer<Payment>[] = [];
  readonly calls: string[] = [];
  readonly bodies: object[] = [];

  keys: Answer<boolean>[] = [true];

  order = () => this.#take('order', this.orders);
  hasKey = (_: string, key: string) => this.#take(`key ${key}`, this.keys);
  payment = ({ id, clientSecret }: { id: string; clientSecret?: string | undefined }) =>
    this.#take(`look ${id} ${clientSecret ?? 'public'}`, this.looks);
  authenticate = (_: object, otp: string) => this.#take(`code ${otp}`, this.codes);
  cancel = () => this.#take('cancel', this.cancelled);
  pay = (body: object, key: string) => {
    this.bodies.push(body);
    return this.#take(`pay ${key}`, this.created);
  };

  /** The last answer of a queue is given again and again. */
  async #take<Value>(call: string, queue: Answer<Value>[]): Promise<Value> {
    this.calls.push(call);
    const answer = queue.length > 1 ? queue.shift() : queue[0];
    if (answer === undefined) throw new Error(`no answer for ${call}`);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

/** Time that passes only by waiting, and waits that take none. */
export class FakeConnection implements Connection {
  nowMs = 0;
  online = true;
  readonly pauses: number[] = [];
  onPause = () => {};

  isOnline = () => this.online;
  now = () => this.nowMs;
  pause = async (delayMs: number) => {
    this.pauses.push(delayMs);
    this.nowMs += delayMs;
    this.onPause();
  };
}

export class FakeSessions implements Sessions {
  readonly kept = new Map<string, Session>();

  read = (orderId: string) => this.kept.get(orderId) ?? null;
  write = (orderId: string, session: Session) => void this.kept.set(orderId, session);
  remove = (orderId: string) => void this.kept.delete(orderId);
}

export interface Bench {
  flow: Flow;
  api: FakeApi;
  connection: FakeConnection;
  sessions: FakeSessions;
  /** Every state the flow went through. */
  states: State[];
  kinds(): string[];
  outcomes: unknown[][];
}

export function makeBench(options: { orderId?: string; isResultPage?: boolean; refusal?: RefusalCode } = {}): Bench {
  const [api, connection, sessions] = [new FakeApi(), new FakeConnection(), new FakeSessions()];
  const outcomes: unknown[][] = [];
  let keys = 0;
  const flow = new Flow(options.orderId ?? ORDER.id, {
    api,
    connection,
    sessions,
    outcomes: {
      succeeded: (...outcome) => outcomes.push(['succeeded', ...outcome]),
      failed: (...outcome) => outcomes.push(['failed', ...outcome]),
    },
    newKey: () => `key-${++keys}`,
    isResultPage: options.isResultPage ?? false,
    refusal: options.refusal ?? '',
  });
  const states: State[] = [];
  flow.subscribe((state) => states.push(state));
  api.orders = [ORDER];
  return { flow, api, connection, sessions, states, outcomes, kinds: () => states.map(({ kind }) => kind) };
}
