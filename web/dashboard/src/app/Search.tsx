import type { FormEvent, Ref } from 'react';
import { useNavigate } from 'react-router';
import { Icon } from '../ui/Icon.tsx';
import { PATHS, paymentPath } from './paths.ts';

const PAYMENT_ID = /^pay_[A-Za-z0-9]{16,}$/;

/** By what people have of a payment (an id, receipt, VPA, amount, last four digits); a whole payment id opens it. */
export function Search({ inputRef }: { inputRef: Ref<HTMLInputElement> }) {
  const navigate = useNavigate();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const input = event.currentTarget.elements.namedItem('q') as HTMLInputElement;
    const text = input.value.trim();
    input.blur();
    const isPayment = PAYMENT_ID.test(text);
    navigate(isPayment ? paymentPath(text) : `${PATHS.transactions}${text && `?q=${encodeURIComponent(text)}`}`);
  };
  return (
    <div role="search" className="search">
      <form onSubmit={onSubmit}>
        <Icon name="search" />
        <input
          ref={inputRef}
          name="q"
          type="search"
          placeholder="Id, receipt, VPA, amount, last four"
          aria-label="Search payments by id, receipt, VPA, amount or last four digits"
          aria-keyshortcuts="/"
          autoComplete="off"
          spellCheck={false}
          maxLength={255}
          data-test-id="search-input"
        />
        <kbd>/</kbd>
      </form>
    </div>
  );
}
