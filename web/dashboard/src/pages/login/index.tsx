import { type FormEvent, useEffect } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ApiError, faultOf } from '../../api/errors.ts';
import { useForget, useSession, useSignIn } from '../../api/session.ts';
import { nextPath } from '../../app/paths.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { isInsecure, WayIn } from './WayIn.tsx';
import './login.css';

/** The way in. Whoever is signed in already goes on to where they wanted. */
export default function LoginPage() {
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

function SignInForm() {
  useForget();
  const signIn = useSignIn();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (signIn.isPending) return;
    const fields = new FormData(event.currentTarget);
    signIn.mutate({ email: String(fields.get('email')).trim(), password: String(fields.get('password')) });
  };
  const isRefused = signIn.error instanceof ApiError && signIn.error.status === 403;
  const faults = { email: faultOf(signIn.error, 'email'), password: faultOf(signIn.error, 'password') };
  return (
    <form className="form" onSubmit={onSubmit} data-test-id="login-form">
      {isRefused || isInsecure() ? (
        <WayIn />
      ) : (
        signIn.error && !faults.email && !faults.password && <ErrorNote error={signIn.error} />
      )}
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        fault={faults.email}
        testId="email-input"
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        fault={faults.password}
        testId="password-input"
      />
      <Button type="submit" variant="primary" isBusy={signIn.isPending} testId="login-button">
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
