/** Card numbers as typed, checked by the API's own rules, so that a payer sees a mistake at once. */
import { card } from '../../../rules.json';

export type Network = 'visa' | 'mastercard' | 'amex' | 'rupay' | 'unknown';

export const MAX_DIGITS = card.maxDigits;

export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

export function networkOf(number: string): Network {
  const digits = digitsOf(number);
  const found = card.networks.find(({ prefixes }) => prefixes.some((prefix) => digits.startsWith(prefix)));
  return (found?.name ?? card.unknownNetwork) as Network;
}

/** Groups of four, American Express as 4-6-5. */
export function formatCardNumber(text: string): string {
  const digits = digitsOf(text).slice(0, MAX_DIGITS);
  const groups = networkOf(digits) === 'amex' ? /^(\d{0,4})(\d{0,6})(\d{0,9})$/ : null;
  const parts = groups ? (groups.exec(digits)?.slice(1) ?? []) : (digits.match(/\d{1,4}/g) ?? []);
  return parts.filter(Boolean).join(' ');
}

export function isCardNumber(text: string): boolean {
  const digits = digitsOf(text);
  return digits.length >= card.minDigits && digits.length <= MAX_DIGITS && isLuhnValid(digits);
}

/** ISO/IEC 7812: each second digit from the right counts double, with its digits summed. */
function isLuhnValid(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]) * (1 + (place % 2));
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

export function cvvLength(network: Network): number {
  return card.networks.find(({ name }) => name === network)?.cvvDigits ?? 3;
}

/** Three digits, four for American Express; either where the network is not known. */
export function isCvv(text: string, network: Network): boolean {
  return network === 'unknown' ? /^\d{3,4}$/.test(text) : /^\d+$/.test(text) && text.length === cvvLength(network);
}
