import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownOf, personal } from '../src/pages/docs/samples.ts';
import { click, find, findAll, get, named, openApp, SESSION } from './kit.tsx';

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../samples', name), 'utf8');
const merchant = { ...SESSION.merchant, api_key: 'key_own' };

test('every chapter is there, and the samples of verification are the files', async () => {
  await openApp('/dashboard/docs');
  await get('api-docs');
  for (const id of ['section-create-order', 'section-sdk-integration', 'section-webhook-verification'])
    expect(findAll(id)).toHaveLength(1);
  for (const [language, file] of [
    ['Node', 'verify.mjs'],
    ['Python', 'verify.py'],
    ['Go', 'verify.go'],
    ['PHP', 'verify.php'],
  ] as const) {
    const section = await get('section-webhook-verification');
    const tab = [...section.querySelectorAll<HTMLElement>('[role="tab"]')].find(
      ({ textContent }) => textContent === language,
    );
    if (tab) await click(tab);
    expect(find('code-snippet-webhook')?.textContent).toBe(sample(file));
  }
});

test('the other samples have the merchant’s own key and address', async () => {
  await openApp('/dashboard/docs', { 'GET /api/v1/session': { ...SESSION, merchant } });
  const order = (await get('code-snippet-create-order')).textContent ?? '';
  expect(order).toContain('key_own');
  expect(order).toContain(`${location.origin}/api/v1/orders`);
  expect(find('code-snippet-sdk')?.textContent).toContain('key: "key_own"');
  expect(document.body.textContent).not.toContain('key_test_abc123');
  expect(document.body.textContent).not.toMatch(/secret_test|whsec_[A-Za-z0-9]/);
});

test('the server says where the API and the checkout are', () => {
  const head =
    '<meta name="api-base" content="https://api.example" /><meta name="checkout-base" content="https://pay.example" />';
  const written = new DOMParser().parseFromString(head, 'text/html');
  const own = ownOf('key_own', written);
  expect(own).toEqual({ api: 'https://api.example', checkout: 'https://pay.example', key: 'key_own' });
  expect(personal(sample('checkout.html'), own)).toContain('src="https://pay.example/checkout.js"');
  expect(personal(sample('create-order.py'), own)).toContain('"https://api.example/api/v1/orders"');
  expect(ownOf('key_own').api).toBe(location.origin);
});

test('a key is put in as it is', () => {
  const own = { api: 'https://a', checkout: 'https://b', key: "$& $1 $$ '" };
  expect(personal('key_test_abc123', own)).toBe("$& $1 $$ '");
});

test('chapters are linked', async () => {
  await openApp('/dashboard/docs');
  const link = await named('Verify webhooks');
  expect(document.querySelector(link.getAttribute('href') ?? '')).not.toBeNull();
});
