import { expect, test } from 'vitest';
import { click, find, findAll, get, openApp, refusal, type, until } from './kit.tsx';

const BASE = '/api/v1/api-keys';
const KEY = {
  key: 'key_1',
  name: 'Shop server',
  status: 'active',
  is_primary: true,
  created_at: '2026-01-01T00:00:00Z',
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};
const NEW = { ...KEY, key: 'key_2', is_primary: false, secret: 'secret_whole' };

function open(keys: object[], answers: Parameters<typeof openApp>[1] = {}) {
  return openApp('/dashboard/keys', { [`GET ${BASE}`]: { data: keys }, ...answers });
}

test('each key shows its status, and what can still be done with it', async () => {
  const ends = '2030-01-01T00:00:00Z';
  await open([
    KEY,
    { ...KEY, key: 'key_2', is_primary: false, status: 'expiring', expires_at: ends },
    { ...KEY, key: 'key_3', is_primary: false, status: 'revoked', revoked_at: ends, last_used_at: ends, name: null },
  ]);
  await get('key-row');
  const rows = findAll('key-row');
  expect(rows.map((row) => row.dataset.key)).toEqual(['key_1', 'key_2', 'key_3']);
  expect(rows.map((row) => row.textContent?.includes('primary'))).toEqual([true, false, false]);
  expect(rows.map((row) => row.querySelectorAll('[data-test-id="roll-key-button"]').length)).toEqual([1, 0, 0]);
  expect(rows.map((row) => row.querySelectorAll('[data-test-id="revoke-key-button"]').length)).toEqual([1, 1, 0]);
  expect(rows[0]?.textContent).toContain('Never');
  expect(rows[2]?.textContent).toContain('Unnamed');
});

test('a key is made with its name and its secret is shown once', async () => {
  const server = await open([KEY], { [`POST ${BASE}`]: NEW });
  (await get('create-key-button')).focus();
  await click(await get('create-key-button'));
  await type(await get('key-name-input'), '  Second shop ');
  await submit('create-key-dialog');
  expect((await get('new-api-secret')).textContent).toBe('secret_whole');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Copy Secret');
  expect(server.askedFor(`POST ${BASE}`)[0]?.body).toEqual({ name: 'Second shop' });
  await click(await get('new-key-done'));
  expect(document.body.textContent).not.toContain('secret_whole');
  expect(document.activeElement).toBe(find('create-key-button'));
});

test('what the server refuses of a name stands at it; the rest above', async () => {
  await open([KEY], { [`POST ${BASE}`]: refusal(400, 'BAD_REQUEST_ERROR', 'name must be text', 'name') });
  await click(await get('create-key-button'));
  await submit('create-key-dialog');
  await until(() => find('key-name-input')?.getAttribute('aria-invalid') === 'true');
  expect(find('error-note')).toBeNull();
});

test('too many keys: the dialog says what to do', async () => {
  const text = 'At most 20 API keys can be active; revoke one first';
  await open([KEY], { [`POST ${BASE}`]: refusal(400, 'BAD_REQUEST_ERROR', text) });
  await click(await get('create-key-button'));
  await submit('create-key-dialog');
  expect((await get('error-note')).textContent).toContain(text);
});

test('a key is revoked after a question', async () => {
  const revoked = { ...KEY, status: 'revoked' };
  const other = { ...KEY, key: 'key_2', is_primary: false, status: 'expired' };
  const server = await open([KEY, { ...KEY, key: 'key_3', status: 'expiring' }, other], {
    [`POST ${BASE}/key_1/revoke`]: revoked,
  });
  await click(await get('revoke-key-button'));
  expect((await get('revoke-key-dialog')).textContent).toContain('Shop server');
  expect(find('revoke-key-dialog')?.textContent).not.toContain('the only key that works');
  expect(server.askedFor(`POST ${BASE}/key_1/revoke`)).toHaveLength(0);
  server.answers[`GET ${BASE}`] = { data: [revoked] };
  await click(await get('confirm-button'));
  await until(() => find('toasts')?.textContent?.includes('Shop server is revoked.'));
  expect(find('revoke-key-dialog')).toBeNull();
  expect(find('revoke-key-button')).toBeNull();
  expect(document.activeElement?.id).toBe('content'); // what had the focus is gone
});

test('before the last key that works is revoked, the question says what that means', async () => {
  await open([KEY, { ...KEY, key: 'key_0', is_primary: false, status: 'revoked' }]);
  await click(await get('revoke-key-button'));
  expect((await get('revoke-key-dialog')).textContent).toContain('the only key that works');
});

test('without keys the page says the next step', async () => {
  await open([]);
  expect((await get('no-keys')).textContent).toContain('Create key');
});

test('a list that cannot be read can be asked for again', async () => {
  await openApp('/dashboard/keys', { [`GET ${BASE}`]: refusal(403, 'FORBIDDEN_ERROR', 'Sign in to the dashboard') });
  expect((await get('error-note')).textContent).toContain('Try again');
  expect(find('keys-table')).toBeNull();
});

async function submit(dialog: string): Promise<void> {
  const form = (await get(dialog)).querySelector('form');
  form?.requestSubmit();
}
