import { ErrorNote } from '../../ui/ErrorNote.tsx';

/** Over plain HTTP browsers leave `Sec-Fetch-Site` out, except on this machine: the API then takes no sign-in. */
export function isInsecure(): boolean {
  return globalThis.isSecureContext === false;
}

/** Why nobody can sign in at this address, and where else. */
export function WayIn() {
  const { origin, hostname, port, protocol } = location;
  const own = port || (protocol === 'https:' ? '443' : '80');
  if (!isInsecure())
    return (
      <ErrorNote error={null}>
        The gateway accepts no sign-in from <strong>{origin}</strong>. If that is its dashboard’s address, ask the
        operator to add it to <code>DASHBOARD_ORIGINS</code>.
      </ErrorNote>
    );
  return (
    <ErrorNote error={null}>
      Nobody can sign in at <strong>{origin}</strong>: over plain HTTP a browser does not say which page a request comes
      from. Open the dashboard over HTTPS or, on the gateway’s own machine, as <code>localhost</code>. From here,{' '}
      <code>
        ssh -N -L {own}:localhost:{own} {hostname}
      </code>{' '}
      makes it http://localhost:{own}.
    </ErrorNote>
  );
}
