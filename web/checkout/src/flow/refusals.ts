import type { ApiError } from '../api/client.ts';
import type { FieldName } from '../domain/draft.ts';

const FIELDS: Record<string, FieldName> = {
  INVALID_VPA: 'vpa',
  INVALID_CARD: 'number',
  EXPIRED_CARD: 'expiry',
  vpa: 'vpa',
  'card.number': 'number',
  'card.expiry_month': 'expiry',
  'card.expiry_year': 'expiry',
  'card.cvv': 'cvv',
  'card.holder_name': 'holderName',
};

/** The field of the form that the API's refusal is about, if it is about one. */
export function fieldOf({ code, field }: ApiError): FieldName | undefined {
  return FIELDS[field] ?? FIELDS[code];
}
