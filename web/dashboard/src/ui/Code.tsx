import { Copy } from './Copy.tsx';
import { classes } from './classes.ts';

interface CodeProps {
  code: string;
  /** What it is: above it, and in the copy button's name. */
  label: string;
  /** Long lines wrap instead of scrolling inside their box. */
  isWrapped?: boolean;
  testId?: string;
}

/** Text to read and copy, as it is. */
export function Code({ code, label, isWrapped, testId }: CodeProps) {
  return (
    <figure className="code">
      <figcaption>
        <span>{label}</span>
        <Copy text={code} what={label} isLabelled />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <pre className={classes(isWrapped && 'wrapped')} tabIndex={0} role="region" aria-label={label}>
        <code data-test-id={testId}>{code}</code>
      </pre>
    </figure>
  );
}
