import { MemoryRouter } from 'react-router';
import { expect, test, vi } from 'vitest';
import { ApiError, messageOf } from '../src/api/errors.ts';
import { labelled, ticksFor } from '../src/ui/charts/scale.ts';
import { ConfirmDialog, Dialog } from '../src/ui/Dialog.tsx';
import { Field } from '../src/ui/Field.tsx';
import {
  editableMoney,
  formatDateTime,
  formatMoney,
  formatRelative,
  formatSeconds,
  parseMoney,
  setTimeZone,
  zonedMs,
  zonedText,
} from '../src/ui/format.ts';
import { Table } from '../src/ui/Table.tsx';
import { Tabs } from '../src/ui/Tabs.tsx';
import { ToastProvider, useToast } from '../src/ui/Toast.tsx';
import { click, find, findAll, get, mount, press } from './kit.tsx';

test.each([
  [49_900, 'INR', '₹499.00'],
  [12_345_678, 'INR', '₹123,456.78'],
  [12_345_678, 'USD', '$123,456.78'],
  [15_000_000, 'IDR', 'IDR\u00a0150,000.00'],
  [500, 'JPY', '¥500'],
  [1_234, 'IQD', 'IQD\u00a01.234'],
  [500, '<b>', '500 <b>'],
])('%i of %s is %s', (amount, currency, text) => {
  expect(formatMoney(amount, currency)).toBe(text);
});

test.each([
  ['en-IN', '₹1,23,456.78'],
  ['de', '123.456,78\u00a0₹'],
  ['ar-EG', '\u200f123,456.78\u00a0₹'],
  ['no language', '₹123,456.78'],
])('a reader of %s sees %s', async (language, text) => {
  vi.resetModules();
  vi.stubGlobal('navigator', { language });
  const format = await import('../src/ui/format.ts');
  expect(format.formatMoney(12_345_678, 'INR')).toBe(text);
  vi.unstubAllGlobals();
});

test.each([
  ['Asia/Kolkata', '2026-03-01T00:00', '2026-02-28T18:30:00.000Z'],
  ['America/New_York', '2026-03-08T12:00', '2026-03-08T16:00:00.000Z'],
  ['America/New_York', '2026-03-08T00:00', '2026-03-08T05:00:00.000Z'],
  ['Pacific/Kiritimati', '2026-01-01T00:00', '2025-12-31T10:00:00.000Z'],
  ['Nowhere/Land', '2026-01-01T00:00', '2026-01-01T00:00:00.000Z'],
])('in %s it is %s at %s', (zone, text, at) => {
  setTimeZone(zone);
  expect(new Date(zonedMs(Date.parse(`${text}Z`))).toISOString()).toBe(at);
  expect(zonedText(Date.parse(at))).toBe(text);
  setTimeZone('UTC');
});

test('a moment is shown with the zone that it is shown in', () => {
  setTimeZone('Asia/Kolkata');
  expect(formatDateTime('2026-01-15T20:30:00Z')).toBe('16 Jan 2026, 02:00:00 GMT+5:30');
  setTimeZone('UTC');
  expect(formatDateTime('2026-01-15T20:30:00Z')).toBe('15 Jan 2026, 20:30:00 UTC');
  expect(formatDateTime('no time')).toBe('no time');
});

test.each([
  ['499', 49_900],
  ['499.5', 49_950],
  ['1,234.56', 123_456],
  [' 0.07 ', 7],
  ['1.005', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
  ['.5', null],
])('typed %j is %j paise', (typed, amount) => {
  expect(parseMoney(typed, 'INR')).toBe(amount);
});

test('an amount survives being edited', () => {
  expect([editableMoney(7, 'INR'), editableMoney(49_900, 'INR'), editableMoney(500, 'JPY')]).toEqual([
    '0.07',
    '499.00',
    '500',
  ]);
});

test.each([
  [3.4, '3 s'],
  [59, '59 s'],
  [61, '1 min'],
  [4_000, '1 h 6 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test.each([
  [-2, 'now'],
  [-30, '30 s ago'],
  [-150, '2 min ago'],
  [20, 'in 20 s'],
  [-30 * 86_400, '2 Dec'],
  [-300 * 86_400, '7 Mar 2025'],
])('%d s from now is %s', (seconds, text) => {
  const now = Date.UTC(2026, 0, 1);
  expect(formatRelative(new Date(now + seconds * 1000).toISOString(), now).replace('.', '')).toBe(text);
});

test.each([
  [0, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [95, [0, 25, 50, 75, 100]],
])('an axis up to %d has round ticks', (largest, ticks) => {
  expect(ticksFor(largest)).toEqual(ticks);
});

test('labels are spaced, the last always there', () => {
  const shown = [...Array(30).keys()].filter(labelled(30, 6));
  expect(shown).toEqual([4, 9, 14, 19, 24, 29]);
});

test.each([
  [new ApiError(503, 'SERVICE_UNAVAILABLE', 'The API cannot be reached'), 'Try again in a moment'],
  [new ApiError(500, 'INTERNAL_ERROR', 'Internal server error', '', 0, 'req_1'), 'req_1'],
  [new ApiError(429, 'RATE_LIMIT_ERROR', '', '', 9), 'Wait 9 seconds'],
  [new ApiError(400, 'BAD_REQUEST_ERROR', 'amount must be at least 100'), 'amount must be at least 100.'],
  [new Error('x is undefined'), 'Reload'],
])('an error says what to do', (error, text) => {
  expect(messageOf(error)).toContain(text);
});

test('a fault is tied to its field', async () => {
  await mount(<Field label="URL" testId="url" hint="https only" fault="must be https" />);
  const input = await get('url');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  const note = document.getElementById(input.getAttribute('aria-describedby') ?? '');
  expect(note?.textContent).toBe('must be https');
});

test('tabs move with the arrow keys', async () => {
  const tabs = ['a', 'b', 'c'].map((id) => ({ id, label: id.toUpperCase(), content: `panel ${id}` }));
  await mount(<Tabs label="Languages" tabs={tabs} testId="tabs" />);
  const panel = () => document.querySelector('[role="tabpanel"]')?.textContent;
  const list = document.querySelector('[role="tablist"]') as HTMLElement;
  expect(panel()).toBe('panel a');
  await press('ArrowRight', list);
  expect(panel()).toBe('panel b');
  await press('End', list);
  expect(panel()).toBe('panel c');
  await press('ArrowRight', list);
  expect(panel()).toBe('panel c');
  expect(document.querySelector('[aria-selected="true"]')?.textContent).toBe('C');
});

test('a question is asked before, and its work cannot be started twice', async () => {
  const onConfirm = vi.fn();
  const question = (isBusy: boolean) => (
    <MemoryRouter>
      <ConfirmDialog
        title="Revoke?"
        isOpen
        action="Revoke"
        isDanger
        isBusy={isBusy}
        onConfirm={onConfirm}
        onClose={() => {}}
      >
        It ends at once.
      </ConfirmDialog>
    </MemoryRouter>
  );
  await mount(question(false));
  await click(await get('confirm-button'));
  expect(onConfirm).toHaveBeenCalledTimes(1);
  document.body.replaceChildren();
  await mount(question(true));
  await click(await get('confirm-button'));
  expect(onConfirm).toHaveBeenCalledTimes(1);
});

test('what happened is said in an open dialog, too: all beside it is inert', async () => {
  const Say = () => {
    const toast = useToast();
    return <button type="button" data-test-id="say" onClick={() => toast('Not copied', 'bad')} />;
  };
  await mount(
    <ToastProvider>
      <Dialog title="Secret" isOpen onClose={() => {}} testId="dialog">
        <Say />
      </Dialog>
    </ToastProvider>,
  );
  const region = (await get('dialog')).querySelector('[role="status"]'); // there before, so that it is read out
  await click(await get('say'));
  expect(region?.textContent).toBe('Not copied');
  await click(region?.querySelector('[aria-label="Dismiss"]') as HTMLElement);
  expect(document.body.textContent).not.toContain('Not copied');
});

test('a table has its roles, labels for cards, and skeletons before its rows', async () => {
  const columns = [
    { head: 'Id', cell: (row: string) => row, isMain: true, testId: 'row-id' },
    { head: 'Length', cell: (row: string) => row.length, testId: 'row-length' },
  ];
  const table = (rows: string[] | undefined) => (
    <Table
      caption="Words"
      columns={columns}
      rows={rows}
      rowKey={(row) => row}
      rowProps={(row) => ({ 'data-test-id': 'row', 'data-word': row })}
    />
  );
  await mount(table(undefined));
  expect(document.querySelectorAll('.skeleton').length).toBe(12);
  expect(find('row')).toBeNull();
  document.body.replaceChildren();
  await mount(table(['one', 'three']));
  expect(findAll('row').map((row) => row.dataset.word)).toEqual(['one', 'three']);
  expect((await get('row-length')).dataset.label).toBe('Length');
  expect((await get('row-id')).dataset.label).toBeUndefined();
  expect((await get('row')).getAttribute('role')).toBe('row');
});
