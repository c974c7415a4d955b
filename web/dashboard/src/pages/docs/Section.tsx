import type { ReactNode } from 'react';
import { Card } from '../../ui/Card.tsx';
import { Code } from '../../ui/Code.tsx';
import { Tabs } from '../../ui/Tabs.tsx';
import { type Own, personal, type Sample } from './samples.ts';

interface SectionProps {
  /** The address' part behind #. */
  id: string;
  title: string;
  testId?: string;
  children: ReactNode;
}

/** One chapter. */
export function Section({ id, title, testId, children }: SectionProps) {
  return (
    <div id={id} className="docs-section">
      <Card title={title} {...(testId ? { testId } : {})}>
        <div className="docs-text">{children}</div>
      </Card>
    </div>
  );
}

/** The same in several languages. */
export function Samples({
  label,
  samples,
  own,
  testId,
}: {
  label: string;
  samples: Sample[];
  own: Own;
  testId: string;
}) {
  return (
    <Tabs
      label={label}
      tabs={samples.map(({ id, label: language, code }) => ({
        id,
        label: language,
        content: <Code code={personal(code, own)} label={`${label}, ${language}`} testId={testId} />,
      }))}
    />
  );
}

interface Listed {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}

/** A small table; it scrolls inside its own frame. */
export function List({ caption, head, rows }: Listed) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <div className="docs-table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: these rows never move
            <tr key={row}>
              {cells.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nor do their cells
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
