import { formatMoney } from './format.ts';

/** An amount in minor units, with its currency's sign. */
export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span className="money">{formatMoney(amount, currency)}</span>;
}
