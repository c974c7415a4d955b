import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { Field, type FieldProps } from './Field.tsx';

const PAUSE_MS = 400;

interface DraftFieldProps extends Omit<FieldProps, 'value' | 'onChange' | 'fault'> {
  /** What holds, as it is kept in the address. */
  value: string;
  /** A kept value as text to edit. */
  format?(value: string): string;
  /** The text as a value to keep; null while it is none. */
  parse?(text: string): string | null;
  /** `isReplacing`: the same typing goes on. */
  onCommit(value: string, isReplacing: boolean): void;
  /** Why the text is no value. */
  complaint?: string;
  fault?: string | undefined;
}

const AS_IT_IS = (text: string) => text;

/** A field whose text takes effect at a pause, at Enter, and when it is left. */
export function DraftField(props: DraftFieldProps) {
  const { value, format = AS_IT_IS, parse = AS_IT_IS, onCommit, complaint, fault, ...rest } = props;
  const [draft, setDraft] = useState(() => format(value));
  const [isLeft, setLeft] = useState(true);
  /** Of this typing: until the field gets the focus again, further values take the place of the first. */
  const hasCommitted = useRef(true);
  const parsed = parse(draft);

  const commit = () => {
    if (parsed === null || parsed === value) return;
    onCommit(parsed, hasCommitted.current);
    hasCommitted.current = true;
  };
  const onPause = useEffectEvent(commit);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the text starts the pause anew
  useEffect(() => {
    const timer = setTimeout(() => onPause(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);

  const follow = useEffectEvent((kept: string) => {
    if (parsed !== kept) setDraft(format(kept));
  });
  useEffect(() => follow(value), [value]);

  return (
    <Field
      {...rest}
      value={draft}
      fault={fault ?? (isLeft && parsed === null ? complaint : undefined)}
      onChange={({ currentTarget }) => setDraft(currentTarget.value)}
      onKeyDown={({ key }: KeyboardEvent) => key === 'Enter' && commit()}
      onFocus={() => {
        hasCommitted.current = false;
        setLeft(false);
      }}
      onBlur={() => {
        setLeft(true);
        commit();
      }}
    />
  );
}
