import { act } from 'react';
import { expect, test, vi } from 'vitest';
import { PageBoundary } from '../src/app/PageBoundary.tsx';
import { click, FakeEventSource, find, get, mount, named, openApp, press, SESSION, type, until } from './kit.tsx';

const current = () => document.querySelector('[aria-current="page"]')?.textContent;

test('g and a letter go to a page; letters in a field are letters', async () => {
  await openApp('/dashboard/docs');
  await get('account-button');
  await press('g');
  await press('k');
  await until(() => current() === 'API keys');
  const input = await get('search-input');
  await press('g', input);
  await press('d', input);
  expect(current()).toBe('API keys');
  await press('d');
  expect(current()).toBe('API keys');
});

test('a new page takes the focus, but not from who has begun to type', async () => {
  await openApp('/dashboard/docs');
  const input = await get('search-input');
  const goTo = (letter: string) => {
    for (const key of ['g', letter]) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  };
  await act(async () => goTo('k'));
  await until(() => document.activeElement?.id === 'content');
  await act(async () => {
    goTo('d');
    input.focus();
  });
  await until(() => current() === 'Docs');
  expect(document.activeElement).toBe(input);
});

test('a slash goes to the search, ? shows the help', async () => {
  await openApp('/dashboard/docs');
  const input = await get('search-input');
  await press('/');
  expect(document.activeElement).toBe(input);
  input.blur();
  await press('?');
  const help = await get('help-dialog');
  expect(help.textContent).toContain('Go to Webhooks');
  await press('g');
  await press('k');
  expect(current()).toBe('Docs');
  await click(await named('Close'));
  expect(find('help-dialog')).toBeNull();
});

test('a name may begin with any character', async () => {
  await openApp('/dashboard/docs', {
    'GET /api/v1/session': { ...SESSION, merchant: { ...SESSION.merchant, name: '🍵 Tea' } },
  });
  expect((await get('account-button')).querySelector('.monogram')?.textContent).toBe('🍵');
});

test('the theme is chosen, shown and kept', async () => {
  await openApp('/dashboard/docs');
  await get('account-button');
  const theme = (index: number) => document.querySelectorAll<HTMLElement>('input[name="theme"]')[index] as HTMLElement;
  await click(theme(2));
  expect(document.documentElement.dataset.theme).toBe('dark');
  expect(localStorage.getItem('theme')).toBe('dark');
  await click(theme(0));
  expect(document.documentElement.dataset.theme).toBeUndefined();
  expect(Object.keys(localStorage)).toEqual(['theme']);
});

test('the header says whether the page is live', async () => {
  await openApp('/dashboard/docs', { 'GET /api/v1/session': SESSION });
  expect((await get('live-state')).textContent).toBe('Connecting');
  await FakeEventSource.last?.open();
  expect((await get('live-state')).dataset.state).toBe('live');
  await FakeEventSource.last?.fail();
  expect((await get('live-state')).dataset.state).toBe('polling');
});

test('an unknown address says so and leads home', async () => {
  await openApp('/dashboard/nothing');
  expect((await named('Go to Home')).getAttribute('href')).toBe('/dashboard');
});

test('the search of a whole payment id opens that payment', async () => {
  await openApp('/dashboard/docs');
  const input = await get('search-input');
  await type(input, 'pay_Abcdefghij012345');
  await act(
    async () => void input.closest('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
  );
  await until(() => document.title.startsWith('Payment'));
});

test('a page that fails leaves the navigation standing', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const Broken = () => {
    throw new Error('chunk is gone');
  };
  await mount(
    <PageBoundary>
      <Broken />
    </PageBoundary>,
  );
  expect(document.body.textContent).toContain('connection');
  expect(document.body.textContent).toContain('Reload');
});
