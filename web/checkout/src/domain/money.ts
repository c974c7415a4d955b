import { minorUnitDigits } from '../../../rules.json';
import type { Locale } from '../i18n/messages.ts';

const REGIONS: Record<Locale, string> = { en: 'en-IN', hi: 'hi-IN' };

export interface AmountParts {
  main: string;
  /** Decimal separator and what follows it; empty where a currency has no minor unit. */
  fraction: string;
}

/** `amountMinor` in the currency's own minor unit (paise, cents), written as the locale does. */
export function amountParts(amountMinor: number, currency: string, locale: Locale): AmountParts {
  // Browsers count the decimals that people use; amounts come in ISO 4217's minor unit (HUF has two decimals there).
  const digits = (minorUnitDigits as Record<string, number>)[currency] ?? 2;
  const format = new Intl.NumberFormat(REGIONS[locale], {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const parts = format.formatToParts(amountMinor / 10 ** digits);
  const at = parts.findIndex(({ type }) => type === 'decimal');
  const text = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value).join('');
  return at < 0
    ? { main: text(parts), fraction: '' }
    : { main: text(parts.slice(0, at)), fraction: text(parts.slice(at)) };
}

export function formatAmount(amountMinor: number, currency: string, locale: Locale): string {
  const { main, fraction } = amountParts(amountMinor, currency, locale);
  return main + fraction;
}
