import type { RefusalCode } from '../../../sdk/src/protocol.ts';
import type { Locale } from './i18n/messages.ts';

/** What the address says, and what the server wrote into the page. */
export interface Config {
  apiBase: string;
  orderId: string;
  isEmbedded: boolean;
  /** The payer was sent here by the SDK's redirect mode: results have addresses of their own. */
  isRedirect: boolean;
  isResultPage: boolean;
  /** Where the result leads back to; the server leaves it out unless the merchant allows its origin. */
  returnUrl: string;
  locale: Locale;
  /** The publishable key, in redirect mode; a modal is told it by the page around it. */
  key: string;
  /** Why the server lets nothing be paid here: the page may then be framed by anybody, and says only this. */
  refusal: RefusalCode | '';
}

export function readConfig(page: Document, { pathname, search }: Location): Config {
  const query = new URLSearchParams(search);
  const meta = (name: string) => page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
  const isResultPage = /^\/(success|failure)$/.test(pathname);
  return {
    apiBase: meta('api-base').replace(/\/$/, ''),
    orderId: query.get('order_id') ?? '',
    isEmbedded: query.get('embedded') === 'true' && window.parent !== window,
    isRedirect: isResultPage || query.get('redirect') === 'true',
    isResultPage,
    returnUrl: meta('return-url'),
    key: query.get('key') ?? '',
    refusal: meta('refusal') as RefusalCode | '',
    locale: page.documentElement.lang === 'hi' ? 'hi' : 'en',
  };
}

/** The page's own address under another name, with the same order and way back. */
export function addressOf(page: 'checkout' | 'success' | 'failure', { search }: Location): string {
  return `/${page}${search}`;
}

/** The merchant's address with the result, for its server to verify (`signature` proves nothing to a browser). */
export function wayBack(returnUrl: string, orderId: string, status: string, payment?: [string, string | null]): string {
  if (!returnUrl) return '';
  const url = new URL(returnUrl);
  url.searchParams.set('order_id', orderId);
  url.searchParams.set('status', status);
  if (payment) {
    url.searchParams.set('payment_id', payment[0]);
    if (payment[1]) url.searchParams.set('signature', payment[1]);
  }
  return url.href;
}
