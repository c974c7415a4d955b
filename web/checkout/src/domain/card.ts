/** Card numbers as typed, checked by the API's own rules, so that a payer sees a mistake at once. */
import { card } from '../../../rules.json';
import { asciiDigits, digitsOf } from './digits.ts';

export interface Network {
  name: string;
  ranges: string[];
  lengths: number[];
  cvvDigits?: number;
}

export const MAX_DIGITS = card.maxDigits;
/** On the back of most cards; the table names those that differ. */
export const CVV_DIGITS = 3;
const NETWORKS: Network[] = card.networks;

/** How many leading digits a range (`4`, `51-55`) covers, if the number is in it. */
function matched(digits: string, range: string): number {
  const [low = '', high = low] = range.split('-');
  const start = digits.slice(0, low.length);
  return low <= start && start <= high ? low.length : 0;
}

/** The network with the longest matching range; the table's last row is for numbers of none. */
export function networkOf(number: string): Network {
  const digits = digitsOf(number);
  let [found, longest] = [NETWORKS.at(-1) as Network, 0];
  for (const network of NETWORKS) {
    for (const range of network.ranges) {
      const length = matched(digits, range);
      if (length > longest) [found, longest] = [network, length];
    }
  }
  return found;
}

/** Groups of four, American Express as 4-6-5. */
export function formatCardNumber(text: string): string {
  const digits = digitsOf(text).slice(0, MAX_DIGITS);
  const groups = networkOf(digits).name === 'amex' ? /^(\d{0,4})(\d{0,6})(\d{0,9})$/ : null;
  const parts = groups ? (groups.exec(digits)?.slice(1) ?? []) : (digits.match(/\d{1,4}/g) ?? []);
  return parts.filter(Boolean).join(' ');
}

export function isCardNumber(text: string): boolean {
  const digits = digitsOf(text);
  return networkOf(digits).lengths.includes(digits.length) && /[1-9]/.test(digits) && isLuhnValid(digits);
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

/** As many digits as the number's network prints. */
export function isCvv(text: string, { cvvDigits = CVV_DIGITS }: Network): boolean {
  return new RegExp(`^\\d{${cvvDigits}}$`).test(asciiDigits(text));
}
