import type { ComponentChildren } from 'preact';
import { Icon } from './icons.tsx';
import { takeFocus } from './words.ts';

interface ResultProps {
  tone: 'good' | 'bad' | 'plain';
  icon: Parameters<typeof Icon>[0]['name'];
  title: string;
  message: string | undefined;
  /** No summary stands before it, so its title is the page's. */
  isAlone?: boolean;
  /** Tests and users find the state, its title and its message by these (contract, Pages). */
  testIds: readonly [state: string, title?: string, message?: string];
  children?: ComponentChildren;
}

/** A state without a form: what happened, in one sentence, and what can be done. Takes the focus, so it is read. */
export function Result({ tone, icon, title, testIds, message, isAlone, children }: ResultProps) {
  const Title = isAlone ? 'h1' : 'h2';
  return (
    <div class={`result ${tone}`} data-test-id={testIds[0]}>
      <span class="seal">
        <Icon name={icon} />
      </span>
      <Title ref={takeFocus} tabIndex={-1} data-test-id={testIds[1]}>
        {title}
      </Title>
      {message && <p data-test-id={testIds[2]}>{message}</p>}
      {children}
    </div>
  );
}
