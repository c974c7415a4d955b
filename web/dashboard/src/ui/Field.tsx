import { type ComponentProps, type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

interface Labelled {
  label: string;
  hint?: ReactNode;
  /** What is wrong with it; stands in the hint's place and is tied to the input for screen readers. */
  fault?: string | undefined;
  testId?: string | undefined;
}

export interface FieldProps extends ComponentProps<'input'>, Labelled {
  /** Stands beside the input: a unit, a button. */
  after?: ReactNode;
  isMono?: boolean;
}

/** A labelled input of one line. */
export function Field({ label, hint, fault, testId, after, isMono, className, ...rest }: FieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, fault, className }}>
      <span className="control">
        <input {...rest} {...tied(id, hint, fault)} className={classes(isMono && 'mono')} data-test-id={testId} />
        {after}
      </span>
    </Frame>
  );
}

/** The same of several lines. */
export function TextArea({
  label,
  hint,
  fault,
  testId,
  isMono,
  className,
  ...rest
}: ComponentProps<'textarea'> & Labelled & { isMono?: boolean }) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, fault, className }}>
      <textarea {...rest} {...tied(id, hint, fault)} className={classes(isMono && 'mono')} data-test-id={testId} />
    </Frame>
  );
}

export interface SelectProps extends Omit<ComponentProps<'select'>, 'onChange'>, Labelled {
  options: readonly { value: string; label: string }[];
  onChange(value: string): void;
}

/** A native select. */
export function Select({ label, hint, fault, testId, options, onChange, className, ...rest }: SelectProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, fault, className }}>
      <select
        {...rest}
        {...tied(id, hint, fault)}
        data-test-id={testId}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {options.map(({ value, label: text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

/** A box to tick, its words beside it. */
export function Checkbox({ label, hint, testId, ...rest }: ComponentProps<'input'> & Omit<Labelled, 'fault'>) {
  return (
    <label className="checkbox">
      <input {...rest} type="checkbox" data-test-id={testId} />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}

function tied(id: string, hint: ReactNode, fault?: string) {
  return { id, 'aria-invalid': !!fault || undefined, 'aria-describedby': fault || hint ? `${id}note` : undefined };
}

type FrameProps = Omit<Labelled, 'testId'> & { id: string; className: string | undefined; children: ReactNode };

function Frame({ id, label, hint, fault, className, children }: FrameProps) {
  return (
    <div className={classes('field', className)}>
      <label htmlFor={id}>{label}</label>
      {children}
      {(fault || hint) && (
        <p id={`${id}note`} className={fault ? 'note fault' : 'note'} role={fault ? 'alert' : undefined}>
          {fault || hint}
        </p>
      )}
    </div>
  );
}
