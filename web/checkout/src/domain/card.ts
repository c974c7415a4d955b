/** Card numbers as typed: the API's own rules (contract, Rules), so that a payer hears of a slip at once. */

export type Network = 'visa' | 'mastercard' | 'amex' | 'rupay' | 'unknown';

const MIN_DIGITS = 13;
export const MAX_DIGITS = 19;

const NETWORKS: readonly [RegExp, Network][] = [
  [/^4/, 'visa'],
  [/^5[1-5]/, 'mastercard'],
  [/^3[47]/, 'amex'],
  [/^(6[05]|8[1-9])/, 'rupay'],
];

export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

export function networkOf(number: string): Network {
  const digits = digitsOf(number);
  return NETWORKS.find(([prefix]) => prefix.test(digits))?.[1] ?? 'unknown';
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
  return digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && isLuhnValid(digits);
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
  return network === 'amex' ? 4 : 3;
}

/** Three digits, four for American Express; either where the network is not known. */
export function isCvv(text: string, network: Network): boolean {
  return network === 'unknown' ? /^\d{3,4}$/.test(text) : /^\d+$/.test(text) && text.length === cvvLength(network);
}
