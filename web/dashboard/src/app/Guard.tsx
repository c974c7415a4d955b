import { Navigate, Outlet, useLocation } from 'react-router';
import { SessionContext, useSession } from '../api/session.ts';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { setTimeZone } from '../ui/format.ts';
import { PATHS } from './paths.ts';

/** Pages behind it have a session; without one the way leads to the login page, and back afterwards. */
export function Guard() {
  const { data: session, error, refetch, isPending } = useSession();
  const { pathname, search } = useLocation();
  if (isPending) return <div className="boot" aria-busy="true" />;
  if (error && !session) {
    return (
      <main className="boot">
        <ErrorNote error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (!session) {
    const next = pathname === PATHS.home && !search ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={PATHS.login + next} replace />;
  }
  const { id, time_zone } = session.merchant;
  setTimeZone(time_zone);
  return (
    <SessionContext key={`${id} ${time_zone}`} value={session}>
      <Outlet />
    </SessionContext>
  );
}
