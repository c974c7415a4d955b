import type { Order } from '../api/gateway.ts';
import { Icon } from './icons.tsx';
import type { Words } from './words.ts';

interface SummaryProps {
  words: Words;
  order: Order | null;
  isPaid: boolean;
  onSwitchLanguage(): void;
}

/** The slip's first half: who is paid, how much, for which order. Of the same size while it loads. */
export function Summary({ words, order, isPaid, onSwitchLanguage }: SummaryProps) {
  const name = order?.merchant_name ?? '';
  const { locale, t } = words;
  const { main, fraction } = order ? words.amountParts(order) : { main: '', fraction: '' };
  return (
    <section class={order ? 'summary' : 'summary blank'} data-test-id="order-summary" aria-label={t('order')}>
      <p class="merchant">
        <span class="monogram" aria-hidden="true">
          {[...name][0]}
        </span>
        <span class="name">{name}</span>
      </p>
      <div class="due">
        <h1>{t(isPaid ? 'amountPaid' : 'amountDue')}</h1>
        <p class="amount" data-test-id="order-amount" style={{ '--chars': main.length + fraction.length }}>
          {main}
          <span class="fraction">{fraction}</span>
        </p>
        <p class="reference">
          {t('order')} <span data-test-id="order-id">{order?.id}</span>
        </p>
      </div>
      <footer>
        <p class="assurance">
          <Icon name="lock" />
          {t('assurance')}
        </p>
        <button type="button" class="link" lang={locale === 'en' ? 'hi' : 'en'} onClick={onSwitchLanguage}>
          {t('otherLanguage')}
        </button>
      </footer>
    </section>
  );
}
