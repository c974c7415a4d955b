import { useEffect } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useForget, useSession } from '../../api/session.ts';
import { nextPath } from '../../app/paths.ts';
import { Icon } from '../../ui/Icon.tsx';
import SignInForm from './SignInForm.tsx';
import './login.css';

/** The way in. Whoever is signed in already goes on to where they wanted. */
export default function LoginPage() {
  useForget();
  const { data: session, isPending } = useSession();
  const { search } = useLocation();
  useEffect(() => {
    document.title = 'Sign in · Payment Gateway';
  }, []);
  if (session) return <Navigate to={nextPath(search)} replace />;
  if (isPending) return <div className="boot" aria-busy="true" />;
  return (
    <main className="boot login">
      <div className="login-card">
        <p className="brand">
          <Icon name="brand" /> Gateway
        </p>
        <h1>Sign in</h1>
        <SignInForm />
      </div>
      <p className="soft">The merchant dashboard of your payment gateway</p>
    </main>
  );
}
