import { Component, createRef } from 'preact';
import type { Order } from '../api/gateway.ts';
import { type Draft, type FieldName, faultOf, faultsOf, methodsFor } from '../domain/draft.ts';
import type { Refusal } from '../flow/state.ts';
import { CardFields, UpiFields } from './Fields.tsx';
import { Icon } from './icons.tsx';
import { Methods } from './Methods.tsx';
import type { Words } from './words.ts';

interface PayFormProps {
  words: Words;
  order: Order;
  draft: Draft;
  refusal?: Refusal | undefined;
  /** The form came back after something else: put the focus where the payer goes on. */
  isBack: boolean;
  onDraft(change: Partial<Draft>): void;
  onPay(): void;
}

interface PayFormState {
  /** Fields whose faults are shown: those that were left, all of them after a submit. */
  checked: readonly FieldName[];
  refused: FieldName | undefined;
}

/** Choose how to pay, type, pay. A submit with faults leads to the first of them. */
export class PayForm extends Component<PayFormProps, PayFormState> {
  override state: PayFormState = { checked: [], refused: this.props.refusal?.field };
  #root = createRef<HTMLDivElement>();

  override componentDidMount(): void {
    const { isBack, refusal } = this.props;
    if (refusal) this.#focus(refusal.field ? `#${refusal.field}` : '.alert');
    else if (isBack) this.#focus('[aria-selected=true]');
  }

  #focus(selector: string): void {
    this.#root.current?.querySelector<HTMLElement>(selector)?.focus();
  }

  #check(fields: readonly FieldName[]): void {
    this.setState(({ checked }) => ({ checked: [...checked, ...fields] }));
  }

  #submit = (event: Event) => {
    event.preventDefault();
    const wrong = Object.keys(faultsOf(this.props.draft, new Date())) as FieldName[];
    if (!wrong.length) return this.props.onPay();
    this.#check(wrong);
    this.#focus(`#${wrong[0]}`);
  };

  #faultIn = (field: FieldName): string | undefined => {
    const { draft, words } = this.props;
    const { checked, refused } = this.state;
    const fault = checked.includes(field) && faultOf(draft, field, new Date());
    if (fault) return words.t(fault);
    if (refused !== field) return undefined;
    return words.t(this.props.refusal?.code === 'EXPIRED_CARD' ? 'expiryPast' : `${field}Invalid`);
  };

  #change = (field: FieldName, text: string) => {
    if (this.state.refused === field) this.setState({ refused: undefined });
    this.props.onDraft({ [field]: text });
  };

  override render({ words, order, draft, refusal, onDraft }: PayFormProps) {
    const { t } = words;
    const { method } = draft;
    const Fields = method === 'upi' ? UpiFields : CardFields;
    return (
      <div ref={this.#root} class="pay">
        <h2 class="unseen">{t('methods')}</h2>
        {refusal && !refusal.field && (
          <p class="alert" role="alert" tabIndex={-1}>
            <Icon name="alert" />
            {words.said(refusal.description)}
          </p>
        )}
        <Methods
          words={words}
          offered={methodsFor(order.currency)}
          chosen={method}
          onChoose={(chosen) => onDraft({ method: chosen })}
        />
        <div id="method-panel" role="tabpanel" aria-labelledby={`method-${method}`}>
          <form key={method} data-test-id={`${method}-form`} noValidate onSubmit={this.#submit}>
            <Fields
              {...{ words, draft }}
              faultIn={this.#faultIn}
              onChange={this.#change}
              onLeave={(field) => draft[field] && this.#check([field])}
            />
            <button type="submit" class="primary" data-test-id="pay-button">
              {t('pay', { amount: words.amount(order) })}
            </button>
          </form>
        </div>
      </div>
    );
  }
}
