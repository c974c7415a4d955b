/** Expiry dates: typed `MM / YY`, filled in by browsers as `MM/YYYY` or `YYYY-MM` too. */
import { asciiDigits, digitsOf } from './digits.ts';

export interface Expiry {
  month: number;
  year: number;
}

const CENTURY = 2000;

const ISO_LIKE = /^\s*(20\d\d)[\s/.·−\p{Pd}]+(\d{1,2})\s*$/u;
const LONE_MONTH = /^\s*(\d)[\s/.·−\p{Pd}]+(.*)$/u;

/** What is shown while typing. `deleting` keeps the separator from coming back under a Backspace. */
export function formatExpiry(typed: string, deleting = false): string {
  const text = asciiDigits(typed);
  const isoLike = ISO_LIKE.exec(text);
  if (isoLike) return formatExpiry(`${isoLike[2]?.padStart(2, '0')}${isoLike[1]}`);
  const loneMonth = LONE_MONTH.exec(text);
  let digits = digitsOf(loneMonth ? `0${loneMonth[1]}${loneMonth[2]}` : text);
  // No month starts like this, so its first digit is the month: `5` is May, `130` January of 2030.
  if (digits.slice(0, 2) > '12') digits = `0${digits}`;
  const month = digits.slice(0, 2);
  const year = /^20\d\d$/.test(digits.slice(2)) ? digits.slice(4) : digits.slice(2, 6);
  if (month.length < 2 || (deleting && !year)) return month;
  // A third digit after `20` may be on its way to `2030`, which is shown as `30`; else two digits are enough.
  return `${month} / ${year.startsWith('20') && year.length > 2 ? year : year.slice(0, 2)}`;
}

/** The month and four-digit year, or null for what is no date. */
export function parseExpiry(text: string): Expiry | null {
  const found = /^\s*(\d{1,2})\s*\/\s*(\d{2}|\d{4})\s*$/.exec(asciiDigits(text));
  if (!found) return null;
  const [month, year] = [Number(found[1]), Number(found[2])];
  if (month < 1 || month > 12) return null;
  return { month, year: year < 100 ? CENTURY + year : year };
}

/** A card is valid to the end of its month in UTC, as the API sees it. */
export function isExpired({ month, year }: Expiry, now: Date): boolean {
  return year < now.getUTCFullYear() || (year === now.getUTCFullYear() && month < now.getUTCMonth() + 1);
}
