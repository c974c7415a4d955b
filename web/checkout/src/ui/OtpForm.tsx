import { Component, createRef } from 'preact';
import { digitsOf } from '../domain/digits.ts';
import type { State } from '../flow/state.ts';
import { Field } from './Field.tsx';
import type { Words } from './words.ts';

const CODE_LENGTH = 6;

type OtpState = Extract<State, { kind: 'otp' }>;

interface OtpFormProps {
  words: Words;
  /** The flow's; `state` is the component's own. */
  step: OtpState;
  onSubmit(otp: string): void;
  onCancel(): void;
}

/** The bank's extra step: a one-time code, with the attempts that are left. */
export class OtpForm extends Component<OtpFormProps, { code: string; isIncomplete: boolean }> {
  override state = { code: '', isIncomplete: false };
  #form = createRef<HTMLFormElement>();

  override componentDidMount(): void {
    this.#focusInput();
  }

  override componentDidUpdate(previous: OtpFormProps): void {
    const { isChecking, problem } = this.props.step;
    if (isChecking || !previous.step.isChecking) return;
    if (problem === 'wrong') this.setState({ code: '' });
    this.#focusInput();
  }

  #focusInput(): void {
    this.#form.current?.querySelector('input')?.focus();
  }

  #submit = (event: Event) => {
    event.preventDefault();
    const { code } = this.state;
    const isIncomplete = code.length < CODE_LENGTH;
    this.setState({ isIncomplete });
    if (isIncomplete) this.#focusInput();
    else if (!this.props.step.isChecking) this.props.onSubmit(code);
  };

  #type = (element: HTMLInputElement) => {
    const code = digitsOf(element.value).slice(0, CODE_LENGTH);
    element.value = code;
    this.setState({ code, isIncomplete: false });
  };

  #fault(): string | undefined {
    const { step, words } = this.props;
    if (this.state.isIncomplete) return words.t('otpInvalid');
    if (step.problem === 'wrong') return words.t('otpWrong', { count: step.attemptsLeft });
    return step.problem ? words.t('otpUnreachable') : undefined;
  }

  override render({ words: { t }, step: { isChecking }, onCancel }: OtpFormProps) {
    return (
      <form ref={this.#form} class="otp" data-test-id="otp-form" noValidate onSubmit={this.#submit}>
        <h2>{t('otpTitle')}</h2>
        <p>{t('otpText')}</p>
        <Field
          id="otp"
          label={t('otpLabel')}
          testId="otp-input"
          value={this.state.code}
          fault={this.#fault()}
          input={{ inputMode: 'numeric', autoComplete: 'one-time-code', readOnly: isChecking }}
          onText={this.#type}
        />
        <button type="submit" class="primary" data-test-id="otp-submit-button" aria-disabled={isChecking}>
          {t(isChecking ? 'otpChecking' : 'otpSubmit')}
        </button>
        <button type="button" class="secondary" data-test-id="otp-cancel-button" onClick={onCancel}>
          {t('otpCancel')}
        </button>
      </form>
    );
  }
}
