/** What the payer has typed so far: lives in this frame's memory only. */
import { upiCurrency, vpa } from '../../../rules.json';
import { isCardNumber, isCvv, networkOf } from './card.ts';
import { digitsOf } from './digits.ts';
import { type Expiry, isExpired, parseExpiry } from './expiry.ts';

export type Method = 'upi' | 'card';
export type FieldName = 'vpa' | 'number' | 'expiry' | 'cvv' | 'holderName';

export type Draft = { method: Method } & Record<FieldName, string>;

/** What a merchant may know of a payer beforehand. */
export type Known = Partial<Pick<Draft, 'method' | 'vpa' | 'holderName'>>;

/** Names of the texts that say what is wrong with a field. */
export type Fault = `${FieldName}Missing` | `${FieldName}Invalid` | 'expiryPast';

export type Faults = Partial<Record<FieldName, Fault>>;

export const FIELDS: Record<Method, readonly FieldName[]> = {
  upi: ['vpa'],
  card: ['number', 'expiry', 'cvv', 'holderName'],
};

const VPA = new RegExp(vpa.pattern);

export function emptyDraft(): Draft {
  return { method: 'upi', vpa: '', number: '', expiry: '', cvv: '', holderName: '' };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** How an order in `currency` can be paid; the first is chosen beforehand. */
export function methodsFor(currency: string): readonly Method[] {
  return currency === upiCurrency ? ['upi', 'card'] : ['card'];
}

/** The draft under a method that its order's currency allows. */
export function fitting(draft: Draft, currency: string): Draft {
  const methods = methodsFor(currency);
  return methods.includes(draft.method) ? draft : { ...draft, method: methods[0] as Method };
}

/** With what is known put in; nothing that was typed is overwritten. `Known` is a page's word, and may be untrue. */
export function prefilled(draft: Draft, { method, vpa, holderName }: Known): Draft {
  const isUntouched = !draft.vpa && !draft.number && !draft.holderName;
  return {
    ...draft,
    method: isUntouched && (method === 'upi' || method === 'card') ? method : draft.method,
    vpa: draft.vpa || textOf(vpa),
    holderName: draft.holderName || textOf(holderName),
  };
}

/** Nothing is kept once the order is paid, and no CVV once the payment was made. */
export function forgetting(draft: Draft, isPaid: boolean, mayBeSentAgain: boolean): Draft {
  if (isPaid) return emptyDraft();
  return mayBeSentAgain ? draft : { ...draft, cvv: '' };
}

const IS_VALID: Record<FieldName, (text: string, draft: Draft) => boolean> = {
  vpa: (text) => text.length <= vpa.maxLength && VPA.test(text),
  number: isCardNumber,
  expiry: (text) => !!parseExpiry(text),
  cvv: (text, { number }) => isCvv(text, networkOf(number)),
  holderName: () => true,
};

/** What is wrong with one field, if anything. */
export function faultOf(draft: Draft, field: FieldName, now: Date): Fault | undefined {
  const text = draft[field].trim();
  if (!text) return `${field}Missing`;
  if (!IS_VALID[field](text, draft)) return `${field}Invalid`;
  return field === 'expiry' && isExpired(parseExpiry(text) as Expiry, now) ? 'expiryPast' : undefined;
}

/** The faults of the fields that the chosen method needs, in the form's order. */
export function faultsOf(draft: Draft, now: Date): Faults {
  const faults: Faults = {};
  for (const field of FIELDS[draft.method]) {
    const fault = faultOf(draft, field, now);
    if (fault) faults[field] = fault;
  }
  return faults;
}

/** The body of `POST /api/v1/payments/public`. */
export function paymentBody(draft: Draft, orderId: string): object {
  if (draft.method === 'upi') return { order_id: orderId, method: 'upi', vpa: draft.vpa.trim() };
  const expiry = parseExpiry(draft.expiry);
  return {
    order_id: orderId,
    method: 'card',
    card: {
      number: digitsOf(draft.number),
      expiry_month: String(expiry?.month ?? '').padStart(2, '0'),
      expiry_year: String(expiry?.year ?? ''),
      cvv: digitsOf(draft.cvv),
      holder_name: draft.holderName.trim(),
    },
  };
}
