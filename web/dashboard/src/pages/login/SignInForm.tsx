import type { FormEvent } from 'react';
import { ApiError, faultOf } from '../../api/errors.ts';
import { useSignIn } from '../../api/session.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { isInsecure, WayIn } from './WayIn.tsx';

/** `email`: of whose session has ended. */
export default function SignInForm({ email }: { email?: string }) {
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
        defaultValue={email}
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
