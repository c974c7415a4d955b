import type { ComponentChildren, TargetedEvent } from 'preact';
import { digitsOf } from '../domain/digits.ts';

type Attributes = Partial<
  Record<'inputMode' | 'autoComplete' | 'autoCapitalize' | 'placeholder', string> & {
    spellcheck: boolean;
    maxLength: number;
    readOnly: boolean;
  }
>;

export interface FieldProps {
  id: string;
  label: string;
  testId: string;
  value: string;
  fault?: string | undefined;
  hint?: string;
  badge?: ComponentChildren;
  input: Attributes;
  onText(element: HTMLInputElement, isDeleting: boolean): void;
  onLeave?(): void;
}

/** A labelled input. The line below holds its hint or, tied to it for screen readers, what is wrong with it. */
export function Field({ id, label, testId, value, fault, hint, badge, input, onText, onLeave }: FieldProps) {
  const noteId = `${id}-note`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="control">
        <input
          {...(input as object)}
          id={id}
          name={id}
          data-test-id={testId}
          value={value}
          required
          aria-invalid={!!fault}
          aria-describedby={fault || hint ? noteId : undefined}
          onInput={(event: TargetedEvent<HTMLInputElement, InputEvent>) =>
            onText(event.currentTarget, /^delete/.test(event.inputType))
          }
          onBlur={onLeave}
        />
        {badge}
      </div>
      <p id={noteId} class={fault ? 'note fault' : 'note'}>
        {fault || hint}
      </p>
    </div>
  );
}

/** Show `formatted` in the field with the caret behind the same digit as before. */
export function showFormatted(element: HTMLInputElement, formatted: string): void {
  const before = element.value.slice(0, element.selectionStart ?? 0);
  const isAtEnd = before.length === element.value.length;
  element.value = formatted;
  if (isAtEnd) return;
  let digits = digitsOf(before).length;
  let caret = 0;
  while (caret < formatted.length && digits > 0) {
    if (/\d/.test(formatted[caret] as string)) digits--;
    caret++;
  }
  element.setSelectionRange(caret, caret);
}
