import { lazy, Suspense, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { type Session, SessionContext, useSession } from '../api/session.ts';
import { standing } from '../api/standing.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { setTimeZone } from '../ui/format.ts';
import { PATHS } from './paths.ts';

const SignInForm = lazy(() => import('../pages/login/SignInForm.tsx'));

/**
 * Pages behind it have a session; without one the way leads to the login page, and back afterwards.
 *
 * A session that ends while a page is open is asked for above that page, which keeps what was typed into it.
 */
export function Guard() {
  const { data: session, error, refetch, isPending } = useSession();
  const [last, setLast] = useState<Session | null>(null);
  const { pathname, search } = useLocation();
  if (session && session !== last) setLast(session);
  if (isPending) return <div className="boot" aria-busy="true" />;
  if (error && !session) {
    return (
      <main className="boot">
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  const shown = session ?? (standing.hasLeft ? null : last);
  if (!shown) {
    const next = pathname === PATHS.home && !search ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={PATHS.login + next} replace />;
  }
  const { id, time_zone } = shown.merchant;
  setTimeZone(time_zone);
  return (
    <SessionContext key={`${id} ${time_zone}`} value={shown}>
      <Outlet />
      {!session && <SessionOver email={shown.merchant.email} onLeave={() => setLast(null)} />}
    </SessionContext>
  );
}

function SessionOver({ email, onLeave }: { email: string; onLeave(): void }) {
  return (
    <Dialog title="Your session has ended" isOpen isSticky onClose={onLeave} testId="session-over">
      <p>Sign in again to go on. What you have typed is still there.</p>
      <Suspense fallback={<div aria-busy="true" />}>
        <SignInForm email={email} />
      </Suspense>
    </Dialog>
  );
}
