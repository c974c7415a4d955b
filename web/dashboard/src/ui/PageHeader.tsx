import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
import { Icon } from './Icon.tsx';

const SITE = 'Payment Gateway';

interface PageHeaderProps {
  title: string;
  /** In place of the title's text: an id with its copy button, an amount with a badge. */
  heading?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string; state?: unknown };
  children?: ReactNode;
}

/** The page's h1, its name in the browser's tab, and what can be done with all of it. */
export function PageHeader({ title, heading, actions, back, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · ${SITE}`;
  }, [title]);
  return (
    <header className="page-head">
      {back && (
        <Link className="back" to={back.to} state={back.state}>
          <Icon name="left" />
          {back.label}
        </Link>
      )}
      <div className="page-title">
        <h1>{heading ?? title}</h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </header>
  );
}
