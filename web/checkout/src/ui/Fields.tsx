import { CVV_DIGITS, formatCardNumber, networkOf } from '../domain/card.ts';
import { digitsOf } from '../domain/digits.ts';
import type { Draft, FieldName } from '../domain/draft.ts';
import { formatExpiry } from '../domain/expiry.ts';
import { Field, showFormatted } from './Field.tsx';
import type { Words } from './words.ts';

export interface FieldsProps {
  words: Words;
  draft: Draft;
  /** The text of what is wrong with a field. */
  faultIn(field: FieldName): string | undefined;
  onChange(field: FieldName, text: string): void;
  onLeave(field: FieldName): void;
}

export const NETWORK_NAMES: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'Amex',
  rupay: 'RuPay',
  diners: 'Diners',
  discover: 'Discover',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  maestro: 'Maestro',
};

type Format = (text: string, isDeleting: boolean) => string;

function fieldOf({ draft, faultIn, onChange, onLeave }: FieldsProps, name: FieldName, format: Format = (text) => text) {
  return {
    id: name,
    value: draft[name],
    fault: faultIn(name),
    onText: (element: HTMLInputElement, isDeleting: boolean) => {
      const text = format(element.value, isDeleting);
      if (text !== element.value) showFormatted(element, text);
      onChange(name, text);
    },
    onLeave: () => onLeave(name),
  };
}

export function UpiFields(props: FieldsProps) {
  const { t } = props.words;
  return (
    <>
      <Field
        {...fieldOf(props, 'vpa')}
        label={t('vpa')}
        hint={t('vpaHint')}
        testId="vpa-input"
        input={{ inputMode: 'email', autoComplete: 'off', autoCapitalize: 'none', spellcheck: false, maxLength: 255 }}
      />
      <ol class="how">
        <li>{t('upiHow1')}</li>
        <li>{t('upiHow2')}</li>
        <li>{t('upiHow3')}</li>
      </ol>
    </>
  );
}

export function CardFields(props: FieldsProps) {
  const { t } = props.words;
  const { name, cvvDigits = CVV_DIGITS } = networkOf(props.draft.number);
  return (
    <>
      <Field
        {...fieldOf(props, 'number', formatCardNumber)}
        label={t('number')}
        testId="card-number-input"
        input={{ inputMode: 'numeric', autoComplete: 'cc-number', placeholder: '0000 0000 0000 0000' }}
        badge={
          <span class="badge" data-test-id="card-network" data-network={name} role="status">
            {NETWORK_NAMES[name]}
          </span>
        }
      />
      <div class="pair">
        <Field
          {...fieldOf(props, 'expiry', formatExpiry)}
          label={t('expiry')}
          testId="expiry-input"
          input={{ inputMode: 'numeric', autoComplete: 'cc-exp', placeholder: 'MM / YY' }}
        />
        <Field
          {...fieldOf(props, 'cvv', (text) => digitsOf(text).slice(0, cvvDigits))}
          label={t('cvv')}
          hint={t(name === 'amex' ? 'cvvHintAmex' : 'cvvHint')}
          testId="cvv-input"
          input={{ inputMode: 'numeric', autoComplete: 'cc-csc' }}
        />
      </div>
      <Field
        {...fieldOf(props, 'holderName')}
        label={t('holderName')}
        testId="cardholder-name-input"
        input={{ autoComplete: 'cc-name', autoCapitalize: 'words', spellcheck: false, maxLength: 100 }}
      />
    </>
  );
}
