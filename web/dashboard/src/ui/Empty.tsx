import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface EmptyProps {
  title: string;
  /** The next step, in a sentence. */
  children?: ReactNode;
  /** The next step, as a button or a link. */
  action?: ReactNode;
  icon?: IconName;
  testId?: string;
}

/** Nothing is here yet, and what to do about it. */
export function Empty({ title, children, action, icon = 'list', testId }: EmptyProps) {
  return (
    <div className="empty" data-test-id={testId}>
      <Icon name={icon} />
      <p className="empty-title">{title}</p>
      {children && <div className="empty-text">{children}</div>}
      {action}
    </div>
  );
}
