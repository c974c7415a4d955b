import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';

interface TabsProps {
  /** For screen readers. */
  label: string;
  tabs: readonly { id: string; label: string; content: ReactNode }[];
  /** Chosen from outside, with `onChange`; else the first at first. */
  value?: string;
  onChange?(id: string): void;
  testId?: string;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: Number.NEGATIVE_INFINITY, End: Infinity };

/** Tabs after the ARIA pattern: arrow keys move and choose. */
export function Tabs({ label, tabs, value, onChange, testId }: TabsProps) {
  const base = useId();
  const [own, setOwn] = useState(tabs[0]?.id);
  const chosen = tabs.find(({ id }) => id === (value ?? own)) ?? tabs[0];
  if (!chosen) return null;
  const choose = (id: string) => {
    setOwn(id);
    onChange?.(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(tabs.length - 1, tabs.indexOf(chosen) + step));
    const next = tabs[at];
    if (!next) return;
    choose(next.id);
    document.getElementById(`${base}tab-${next.id}`)?.focus();
  };
  return (
    <div className="tabs" data-test-id={testId}>
      <div role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ id, label: text }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${base}tab-${id}`}
            aria-selected={id === chosen.id}
            aria-controls={`${base}panel`}
            tabIndex={id === chosen.id ? 0 : -1}
            onClick={() => choose(id)}
          >
            {text}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}panel`} aria-labelledby={`${base}tab-${chosen.id}`}>
        {chosen.content}
      </div>
    </div>
  );
}
