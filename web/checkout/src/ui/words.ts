import { type AmountParts, amountParts, formatAmount, regionOf } from '../domain/money.ts';
import { type Locale, type Messages, type Translate, translator } from '../i18n/messages.ts';

interface Money {
  amount: number;
  currency: string;
}

/** Texts and amounts in the payer's language: every component is handed one. */
export interface Words {
  locale: Locale;
  t: Translate;
  /** States without a form: title, one sentence, what the button says. */
  notices: Messages['notices'];
  amount(order: Money): string;
  amountParts(order: Money): AmountParts;
  /** A day and time, RFC 3339 in, in the payer's own time zone. */
  time(timestamp: string): string;
  /** A description that came from the API, in the payer's language where we know it. */
  said(description: string): string;
}

export function makeWords(locale: Locale, messages: Messages): Words {
  const region = regionOf(locale);
  const times = new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    locale,
    t: translator(messages),
    notices: messages.notices,
    amount: ({ amount, currency }) => formatAmount(amount, currency, region),
    amountParts: ({ amount, currency }) => amountParts(amount, currency, region),
    time: (timestamp) => times.format(new Date(timestamp)),
    said: (description) => (messages.said as Record<string, string>)[description] ?? description,
  };
}

/** As `ref`: what has just appeared takes the focus, so that it is read out. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
