import type { ReactNode } from 'react';

/** Names and values below one another; `testId` marks a value. */
export function Facts({ facts }: { facts: { label: string; value: ReactNode; testId?: string }[] }) {
  return (
    <dl className="facts">
      {facts.map(({ label, value, testId }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd data-test-id={testId}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** An id in monospace; it breaks rather than widen the page. */
export function Id({ children }: { children: ReactNode }) {
  return <span className="id">{children}</span>;
}
