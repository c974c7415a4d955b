/** The API's objects under short names. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type ApiKey = Schemas['ApiKey'];
export type Bucket = Schemas['SummaryBucket'];
export type CurrencyAmount = Schemas['CurrencyTotal'];
export type NewApiKey = Schemas['NewApiKey'];
export type Queue = Schemas['QueueState'];
export type Queues = Schemas['DashboardQueues'];
export type Session = Schemas['Session'];
export type Summary = Schemas['DashboardSummary'];
