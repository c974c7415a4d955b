import { useId } from 'react';

interface SegmentsProps {
  /** For screen readers. */
  label: string;
  options: readonly { value: string; label: string }[];
  value: string;
  onChange(value: string): void;
  testId?: string;
}

/** One of a few, all in sight. */
export function Segments({ label, options, value, onChange, testId }: SegmentsProps) {
  const name = useId();
  return (
    <fieldset className="segments" data-test-id={testId}>
      <legend className="unseen">{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
