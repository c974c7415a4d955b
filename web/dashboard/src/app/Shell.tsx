import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { Live } from '../api/live.ts';
import { LiveContext } from '../api/use-live.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Account } from './Account.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { LiveBadge } from './LiveBadge.tsx';
import { PageBoundary } from './PageBoundary.tsx';
import { PATHS } from './paths.ts';
import { Search } from './Search.tsx';
import { isTyping, useShortcuts } from './shortcuts.ts';

const PAGES: { to: string; label: string; icon: IconName; isExact?: boolean }[] = [
  { to: PATHS.home, label: 'Home', icon: 'home', isExact: true },
  { to: PATHS.transactions, label: 'Transactions', icon: 'list' },
  { to: PATHS.webhooks, label: 'Webhooks', icon: 'webhook' },
  { to: PATHS.keys, label: 'API keys', icon: 'key' },
  { to: PATHS.settings, label: 'Settings', icon: 'settings' },
  { to: PATHS.docs, label: 'Docs', icon: 'book' },
];

/** Around every page behind the guard: navigation, search, the live stream. */
export function Shell() {
  const live = useLiveStream();
  const search = useRef<HTMLInputElement>(null);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts(
    () => search.current?.focus(),
    () => setHelpOpen(true),
  );
  return (
    <LiveContext value={live}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <header className="top">
          <Link className="brand" to={PATHS.home}>
            <Icon name="brand" /> <span>Gateway</span>
          </Link>
          <Search inputRef={search} />
          <LiveBadge />
          <Account onHelp={() => setHelpOpen(true)} />
        </header>
        <Navigation />
        <Content />
      </div>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </LiveContext>
  );
}

function Navigation() {
  return (
    <nav className="nav" aria-label="Pages">
      {PAGES.map(({ to, label, icon, isExact }) => (
        <NavLink key={to} to={to} end={!!isExact}>
          <Icon name={icon} />
          <span>{label}</span>
        </NavLink>
      ))}
    </nav>
  );
}

/** A new page starts at its top, with the focus on its content unless somebody has begun to type meanwhile. */
function Content() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    scrollTo(0, 0);
    if (!isTyping(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <main id="content" ref={main} tabIndex={-1}>
      <PageBoundary key={pathname}>
        <Suspense fallback={<Skeleton lines={6} />}>
          <Outlet />
        </Suspense>
      </PageBoundary>
    </main>
  );
}

function useLiveStream(): Live {
  const queries = useQueryClient();
  const [live] = useState(() => new Live(() => void queries.invalidateQueries()));
  useEffect(() => live.start(), [live]);
  return live;
}
