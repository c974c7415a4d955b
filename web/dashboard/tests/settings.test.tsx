import { expect, test } from 'vitest';
import { click, find, get, openApp, refusal, type, until } from './kit.tsx';

const PATH = '/api/v1/merchant/settings';
const SETTINGS = {
  name: 'Test Merchant',
  logo_url: null,
  brand_color: null,
  time_zone: 'UTC',
  allowed_origins: ['https://shop.example'],
};

async function open(answers: object = {}) {
  const server = await openApp('/dashboard/settings', { [`GET ${PATH}`]: SETTINGS, ...answers });
  await get('settings-form');
  return server;
}

const value = (testId: string) => (find(testId) as HTMLInputElement).value;

test('all settings are shown and saved; name and days change at once', async () => {
  const saved = {
    name: 'Tea House',
    logo_url: 'https://shop.example/logo.svg',
    brand_color: '#0b7a75',
    time_zone: 'Asia/Tokyo',
    allowed_origins: ['https://shop.example', 'http://localhost:4000'],
  };
  const server = await open({ [`PUT ${PATH}`]: saved });
  expect(value('name-input')).toBe('Test Merchant');
  expect(value('origins-input')).toBe('https://shop.example');
  await type(await get('name-input'), ' Tea House ');
  await type(await get('logo-input'), saved.logo_url);
  await type(await get('color-input'), saved.brand_color);
  await type(await get('origins-input'), 'https://shop.example\n\n http://localhost:4000 ');
  await type(await get('time-zone-select'), saved.time_zone);
  await click(await get('save-settings-button'));
  await until(() => find('toasts')?.textContent?.includes('Settings saved'));
  expect(server.askedFor(`PUT ${PATH}`)[0]?.body).toEqual(saved);
  expect(find('account-button')?.textContent).toContain('Tea House');
  await until(() => find('time-zone-select') && value('time-zone-select') === 'Asia/Tokyo');
});

test('what is refused is said at its field, and what was typed stays', async () => {
  await open({ [`PUT ${PATH}`]: refusal(400, 'BAD_REQUEST_ERROR', 'logo_url must be an https:// URL', 'logo_url') });
  await type(await get('logo-input'), 'http://shop.example');
  await click(await get('save-settings-button'));
  const input = await until(() => document.querySelector('[data-test-id="logo-input"][aria-invalid="true"]'));
  expect(document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent).toContain('https://');
  expect(value('logo-input')).toBe('http://shop.example');
});

test('fields that are emptied are sent as none', async () => {
  const server = await open({
    [`GET ${PATH}`]: { ...SETTINGS, logo_url: 'https://a.example/l', brand_color: '#000000' },
    [`PUT ${PATH}`]: SETTINGS,
  });
  for (const field of ['logo-input', 'color-input', 'origins-input']) await type(await get(field), '');
  await click(await get('save-settings-button'));
  const asked = await until(() => server.askedFor(`PUT ${PATH}`)[0]);
  expect(asked.body).toEqual({ ...SETTINGS, allowed_origins: [] });
});
