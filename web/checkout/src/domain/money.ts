import { minorUnitDigits } from '../../../rules.json';
import type { Locale } from '../i18n/messages.ts';

const REGIONS: Record<Locale, string> = { en: 'en-IN', hi: 'hi-IN' };

export interface AmountParts {
  main: string;
  /** Decimal separator and what follows it; empty where a currency has no minor unit. */
  fraction: string;
}

/** The reader's own variety of the page's language (`en-US`), else India's: it groups digits and writes symbols. */
export function regionOf(locale: Locale, languages: readonly string[] = navigator.languages): string {
  return languages.find((tag) => new RegExp(`^${locale}(-[A-Za-z0-9]{2,8})*$`).test(tag)) ?? REGIONS[locale];
}

/** `amountMinor` in the currency's own minor unit (paise, cents), written as `region` does. */
export function amountParts(amountMinor: number, currency: string, region: string): AmountParts {
  // Browsers count the decimals that people use; amounts come in ISO 4217's minor unit (HUF has two decimals there).
  const digits = (minorUnitDigits as Record<string, number>)[currency] ?? 2;
  const format = new Intl.NumberFormat(region, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const text = String(amountMinor).padStart(digits + 1, '0');
  const at = text.length - digits;
  // As text: a fraction of two would round the largest amounts.
  const parts = format.formatToParts(`${text.slice(0, at)}.${text.slice(at)}` as `${number}`);
  const decimal = parts.findIndex(({ type }) => type === 'decimal');
  const split = decimal < 0 ? parts.length : decimal;
  const join = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value).join('');
  return { main: join(parts.slice(0, split)), fraction: join(parts.slice(split)) };
}

export function formatAmount(amountMinor: number, currency: string, region: string): string {
  const { main, fraction } = amountParts(amountMinor, currency, region);
  return main + fraction;
}
