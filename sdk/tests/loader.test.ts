import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const SRC = 'https://pay.example.com/checkout.js';
type Loader = typeof import('../src/loader.ts');

let load: Loader['loadPaymentGateway'];

beforeEach(async () => {
  vi.resetModules();
  ({ loadPaymentGateway: load } = await import('../src/loader.ts'));
  // happy-dom would fetch it; the tests say when it has come.
  vi.spyOn(document.head, 'append').mockImplementation((node) => void scripts.push(node as HTMLScriptElement));
});

const scripts: HTMLScriptElement[] = [];

afterEach(() => {
  scripts.length = 0;
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('loads once, with integrity and CORS', async () => {
  const [first, second] = [load(SRC, 'sha384-x'), load(SRC)];
  expect(scripts).toHaveLength(1);
  expect(scripts[0]).toMatchObject({ src: SRC, integrity: 'sha384-x', crossOrigin: 'anonymous' });
  class Constructor {}
  vi.stubGlobal('PaymentGateway', Constructor);
  scripts[0]?.onload?.(new Event('load'));
  expect(await first).toBe(Constructor);
  expect(await second).toBe(Constructor);
});

test('a script that is there already is not loaded again', async () => {
  class Constructor {}
  vi.stubGlobal('PaymentGateway', Constructor);
  expect(await load(SRC)).toBe(Constructor);
  expect(scripts).toHaveLength(0);
});

test('a failure can be tried again', async () => {
  const failing = load(SRC);
  scripts[0]?.onerror?.(new Event('error'));
  await expect(failing).rejects.toThrow(SRC);
  void load(SRC);
  expect(scripts).toHaveLength(2);
});
