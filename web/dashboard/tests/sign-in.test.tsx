import { expect, test, vi } from 'vitest';
import { nextPath } from '../src/app/paths.ts';
import { click, FakeEventSource, find, get, json, openApp, refusal, SESSION, type, until } from './kit.tsx';

const SETTINGS = { name: 'Tea', logo_url: null, brand_color: null, time_zone: 'UTC', allowed_origins: [] };
const SIGNED_OUT = { 'GET /api/v1/session': 204 };

async function signIn(email: string, password: string): Promise<void> {
  await type(await get('email-input'), email);
  await type(await get('password-input'), password);
  await click(await get('login-button'));
}

test('a page that needs a session leads to the login page, and back to itself', async () => {
  const server = await openApp('/dashboard/keys?x=1', { ...SIGNED_OUT, 'POST /api/v1/session': SESSION });
  await signIn(' test@example.com ', 'anything');
  await until(() => document.querySelector('[aria-current="page"]')?.textContent === 'API keys');
  const [asked] = server.askedFor('POST /api/v1/session');
  expect(asked?.body).toEqual({ email: 'test@example.com', password: 'anything' });
  expect(asked?.headers.get('X-Gateway-Dashboard')).toBe('1');
});

test('whoever is signed in does not see the form', async () => {
  await openApp('/login?next=%2Fdashboard%2Fdocs');
  await get('account-button');
  expect(find('login-form')).toBeNull();
});

test('a wrong password is said, and the form stays', async () => {
  await openApp('/login', {
    ...SIGNED_OUT,
    'POST /api/v1/session': refusal(401, 'AUTHENTICATION_ERROR', 'Invalid email or password'),
  });
  await signIn('test@example.com', 'wrong');
  expect((await get('error-note')).textContent).toContain('Invalid email or password');
  expect((find('email-input') as HTMLInputElement).value).toBe('test@example.com');
});

test('too many tries say how long to wait', async () => {
  const throttled = json({ error: { code: 'RATE_LIMIT_ERROR', description: 'Too many' } }, 429, {
    'Retry-After': '42',
  });
  await openApp('/login', { ...SIGNED_OUT, 'POST /api/v1/session': throttled });
  await signIn('test@example.com', 'wrong');
  expect((await get('error-note')).textContent).toContain('Wait 42 seconds');
});

test('where browsers do not say what page a request is of, the way in is said at once', async () => {
  vi.stubGlobal('isSecureContext', false);
  await openApp('/login', SIGNED_OUT);
  const note = (await get('error-note')).textContent;
  expect(note).toContain('HTTPS');
  expect(note).toContain('ssh -N -L 3000:localhost:3000 localhost');
  expect(find('login-form')).not.toBeNull();
});

test('an address that the gateway does not know is named, with what to do', async () => {
  await openApp('/login', {
    ...SIGNED_OUT,
    'POST /api/v1/session': refusal(403, 'FORBIDDEN_ERROR', 'Cross-site request refused'),
  });
  await signIn('test@example.com', 'x');
  const note = (await get('error-note')).textContent;
  expect(note).toContain('http://localhost:3000');
  expect(note).toContain('DASHBOARD_ORIGINS');
});

test('an error of a field stands below it', async () => {
  await openApp('/login', {
    ...SIGNED_OUT,
    'POST /api/v1/session': refusal(400, 'BAD_REQUEST_ERROR', 'email is too long', 'email'),
  });
  await signIn('test@example.com', 'x');
  const input = await until(() => document.querySelector('[data-test-id="email-input"][aria-invalid="true"]'));
  const note = document.getElementById(input.getAttribute('aria-describedby') ?? '');
  expect(note?.textContent).toBe('email is too long.');
  expect(find('error-note')).toBeNull();
});

test('signing out ends the session and shows the form', async () => {
  const server = await openApp('/dashboard/docs', { 'DELETE /api/v1/session': 204 });
  await click(await get('sign-out-button'));
  await get('login-form');
  expect(server.askedFor('DELETE /api/v1/session').length).toBe(1);
});

test('a session that another tab ended or began is noticed at once', async () => {
  const server = await openApp('/dashboard/docs', { 'DELETE /api/v1/session': 204 });
  await get('account-button');
  const otherTab = new BroadcastChannel('session');
  Object.assign(server.answers, SIGNED_OUT);
  otherTab.postMessage('signed out');
  await get('login-form');
  expect(find('session-over')).toBeNull();
  server.answers['GET /api/v1/session'] = SESSION;
  otherTab.postMessage('');
  await get('account-button');
  const heard = new Promise((resolve) => otherTab.addEventListener('message', resolve, { once: true }));
  await click(await get('sign-out-button'));
  await heard;
  otherTab.close();
});

test('nobody is signed in: the page asks for nothing that browsers would log as an error', async () => {
  const server = await openApp('/dashboard', SIGNED_OUT);
  await get('login-form');
  expect(server.asked.map(({ path, query }) => `${path}?${query}`)).toEqual(['/api/v1/session?optional=true']);
});

test('a session that ends is asked for in place, and what was typed stays', async () => {
  const ended = () => refusal(401, 'AUTHENTICATION_ERROR', 'Sign in first');
  const server = await openApp('/dashboard/settings', {
    'GET /api/v1/merchant/settings': SETTINGS,
    'PUT /api/v1/merchant/settings': ended,
    'POST /api/v1/session': SESSION,
  });
  await type(await get('name-input'), 'Chai House');
  await click(await get('save-settings-button'));
  await get('session-over');
  await until(() => (find('email-input') as HTMLInputElement | null)?.value === SESSION.merchant.email);
  const asked = server.asked.length;
  await type(await get('password-input'), 'x');
  server.answers['PUT /api/v1/merchant/settings'] = { ...SETTINGS, name: 'Chai House' };
  expect(server.asked.length).toBe(asked); // nothing is asked for until then
  await click(await get('login-button'));
  await until(() => !find('session-over'));
  expect((find('name-input') as HTMLInputElement).value).toBe('Chai House');
  await click(await get('save-settings-button'));
  await until(() => find('toasts')?.textContent?.includes('Settings saved'));
});

test('who does not sign in again goes to the login page, and comes back from there', async () => {
  await openApp('/dashboard/keys', {
    'GET /api/v1/api-keys': refusal(401, 'AUTHENTICATION_ERROR', 'Sign in first'),
    'POST /api/v1/session': SESSION,
  });
  const over = await get('session-over');
  await click(over.querySelector('[aria-label="Close"]') as HTMLElement);
  await until(() => !find('session-over') && find('login-form'));
  await signIn('test@example.com', 'x');
  await until(() => document.querySelector('[aria-current="page"]')?.textContent === 'API keys');
});

test('without the API the page says so instead of asking to sign in', async () => {
  const away = () => refusal(400, 'X', 'The API cannot be reached');
  await openApp('/dashboard/docs', { 'GET /api/v1/session': away });
  expect((await get('error-note')).textContent).toContain('The API cannot be reached');
  expect(find('login-form')).toBeNull();
});

test.each([
  ['?next=%2Fdashboard%2Fwebhooks%3Fstatus%3Dfailed', '/dashboard/webhooks?status=failed'],
  ['?next=https%3A%2F%2Fevil.example', '/dashboard'],
  ['?next=%2F%2Fevil.example', '/dashboard'],
  ['?next=%2Fdashboard.evil.example', '/dashboard'],
  ['?next=javascript%3Aalert(1)', '/dashboard'],
  ['', '/dashboard'],
])('after signing in %s leads to %s', (search, path) => {
  expect(nextPath(search)).toBe(path);
});

const OTHER = { ...SESSION, merchant: { ...SESSION.merchant, id: 'other', name: 'Other Merchant' } };

test('nothing of one merchant is left for the next', async () => {
  const server = await openApp('/dashboard/keys', {
    'GET /api/v1/api-keys': { data: [] },
    'DELETE /api/v1/session': 204,
    'POST /api/v1/session': OTHER,
  });
  await until(() => server.askedFor('GET /api/v1/api-keys').length === 1);
  await click(await get('sign-out-button'));
  await signIn('other@example.com', 'x');
  await until(() => find('account-button')?.textContent?.includes('Other Merchant'));
  await until(() => find('no-keys'));
  expect(server.askedFor('GET /api/v1/api-keys').length).toBe(2);
});

test('another merchant who signed in beside this page takes it over', async () => {
  const server = await openApp('/dashboard/keys', { 'GET /api/v1/api-keys': { data: [] } });
  await until(() => server.askedFor('GET /api/v1/api-keys').length === 1);
  const stream = FakeEventSource.last;
  await stream?.open();
  server.answers['GET /api/v1/session'] = OTHER;
  await stream?.fail();
  await stream?.open(); // after a gap everything is asked for again
  await until(() => find('account-button')?.textContent?.includes('Other Merchant'));
  await until(() => server.askedFor('GET /api/v1/api-keys').length >= 2);
  expect(stream?.readyState).toBe(2);
  expect(FakeEventSource.last).not.toBe(stream);
});

test('signing out that fails is said, and the session stays', async () => {
  await openApp('/dashboard/docs', { 'DELETE /api/v1/session': refusal(400, 'X', 'Not now') });
  await click(await get('sign-out-button'));
  await until(() => find('toasts')?.textContent?.includes('Not now.'));
  expect(find('login-form')).toBeNull();
});
