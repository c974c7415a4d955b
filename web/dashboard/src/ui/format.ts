/** Numbers, money and durations as text. */
import { minorUnitDigits } from '../../../rules.json';

/** Grouping and signs as the reader's language has them, in the digits that one can type into our fields. */
const LOCALE = localeOf(globalThis.navigator?.language);
const TYPED_AMOUNT = /^(\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.(\d+))?$/;
const formats = new Map<string, Intl.NumberFormat>();
const MAX_FORMATS = 200;
const MANY_DIGITS = 1e13;

/** `language` with Latin digits; English for what is no language tag ("C"). */
function localeOf(language: string | undefined): string {
  try {
    return new Intl.Locale(language ?? 'en', { numberingSystem: 'latn' }).toString();
  } catch {
    return 'en';
  }
}

function moneyFormat(currency: string): Intl.NumberFormat | null {
  const known = formats.get(currency);
  if (known) return known;
  if (!/^[A-Za-z]{3}$/.test(currency) || formats.size >= MAX_FORMATS) return null;
  const digits = minorDigits(currency);
  const made = new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(currency, made);
  return made;
}

/** `amountMinor` in the currency's own minor unit (paise, cents). */
export function formatMoney(amountMinor: number, currency: string): string {
  const format = moneyFormat(currency);
  if (!format) return `${amountMinor} ${currency}`;
  if (amountMinor < MANY_DIGITS) return format.format(amountMinor / 10 ** minorDigits(currency));
  return format.format(editableMoney(amountMinor, currency) as `${number}`); // a fraction of two would be rounded
}

/** The decimals of a currency by ISO 4217: 2 for INR, 0 for JPY. Browsers' own count differs (0 for HUF). */
export function minorDigits(currency: string): number {
  return (minorUnitDigits as Record<string, number>)[currency] ?? 2;
}

/** Short, for axes: ₹1.2L. */
export function formatMoneyShort(amountMinor: number, currency: string): string {
  if (!moneyFormat(currency)) return String(amountMinor);
  const amount = amountMinor / 10 ** minorDigits(currency);
  return new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(amount);
}

/**
 * What was typed as an amount, in minor units; null for what is no amount.
 *
 * Exact: the text's digits are read, never a fraction of two. Commas only where thousands and lakhs have them:
 * "4,99" may mean 4.99, so it is refused.
 */
export function parseMoney(text: string, currency: string): number | null {
  const digits = minorDigits(currency);
  const match = TYPED_AMOUNT.exec(text.trim());
  const [, whole = '', fraction = ''] = match ?? [];
  if (!match || fraction.length > digits) return null;
  const minor = Number(whole.replaceAll(',', '') + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Minor units as one would type them into a field: 49900 → "499.00". */
export function editableMoney(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(amountMinor).padStart(digits + 1, '0');
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

export function formatCount(count: number): string {
  return count.toLocaleString(LOCALE);
}

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** 45 → "45 s", 4000 → "1 h 6 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const at = UNITS.findIndex((unit) => whole >= unit.seconds);
  const large = UNITS[at];
  if (!large) return `${whole} s`;
  const small = UNITS[at + 1];
  const rest = small ? Math.floor((whole % large.seconds) / small.seconds) : 0;
  return `${Math.floor(whole / large.seconds)} ${large.name}${small && rest ? ` ${rest} ${small.name}` : ''}`;
}

/** The merchant's, once somebody is signed in: the days of lists, filters and charts are the same everywhere. */
let timeZone = 'UTC';

/** A zone of the IANA database; UTC where the browser does not know it. */
export function setTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    timeZone = name;
  } catch {
    timeZone = 'UTC';
  }
}

export function timeZoneName(): string {
  return timeZone;
}

/** Writes moments in the merchant's time zone. */
function inZone(options: Intl.DateTimeFormatOptions): (at: string | number) => string {
  let format: Intl.DateTimeFormat | undefined;
  let madeFor = '';
  return (at) => {
    if (!format || madeFor !== timeZone) {
      madeFor = timeZone;
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
    }
    const date = new Date(at);
    return Number.isNaN(date.getTime()) ? String(at) : format.format(date);
  };
}

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const DAY = { day: 'numeric', month: 'short' } as const;
const wallClock = inZone({
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hourCycle: 'h23' },
  ...TIME,
});

/** With the zone's name beside it. */
export const formatDateTime = inZone({ ...DAY, year: 'numeric', ...TIME, timeZoneName: 'short' });
export const formatDate = inZone(DAY);
export const formatHour = inZone({ hour: '2-digit', minute: '2-digit' });
const formatDateYear = inZone({ ...DAY, year: 'numeric' });

/** Milliseconds since the epoch of a wall clock's time in the merchant's zone; `atUtcMs` is the same time in UTC. */
export function zonedMs(atUtcMs: number): number {
  const first = atUtcMs - offsetMs(atUtcMs);
  return atUtcMs - offsetMs(first); // clocks may change between the two
}

/** What a wall clock of the merchant's zone shows at `atMs`, as a date input's "2026-01-15T10:30". */
export function zonedText(atMs: number): string {
  return Number.isNaN(atMs) ? '' : new Date(atMs + offsetMs(atMs)).toISOString().slice(0, 16);
}

function offsetMs(atMs: number): number {
  const [, day, month, year, hour, minute, second] =
    /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(wallClock(atMs))?.map(Number) ?? [];
  if (year === undefined) return Number.NaN;
  const shownMs = Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second);
  return shownMs - Math.floor(atMs / 1000) * 1000;
}

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const RELATIVE_UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;
const OLD_DAYS = 7;
/** So long ago, a day and a month alone may be taken for this year's. */
const OTHER_YEAR_DAYS = 270;

/** "5 min. ago", and the date from a week on. */
export function formatRelative(at: string, nowMs: number): string {
  const seconds = (Date.parse(at) - nowMs) / 1000;
  if (Number.isNaN(seconds)) return at;
  if (Math.abs(seconds) >= OTHER_YEAR_DAYS * 86_400) return formatDateYear(at);
  if (Math.abs(seconds) >= OLD_DAYS * 86_400) return formatDate(at);
  const found = RELATIVE_UNITS.find((unit) => Math.abs(seconds) >= unit.seconds);
  if (found) return RELATIVE.format(Math.trunc(seconds / found.seconds), found.unit);
  return seconds > 0.5 ? `in ${Math.round(seconds)} s` : seconds > -5 ? 'now' : `${Math.round(-seconds)} s ago`;
}
