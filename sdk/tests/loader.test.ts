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

test('under require-trusted-types-for, scripts are loaded through one policy', async () => {
  class TrustedUrl {
    constructor(readonly url: string) {}
    toString = () => this.url;
  }
  const createPolicy = vi.fn((_: string, { createScriptURL }: { createScriptURL(url: string): string }) => ({
    createScriptURL: (url: string) => new TrustedUrl(createScriptURL(url)),
  }));
  vi.stubGlobal('trustedTypes', { createPolicy });
  const given: unknown[] = [];
  vi.spyOn(HTMLScriptElement.prototype, 'src', 'set').mockImplementation((value) => void given.push(value));
  const failing = load(SRC);
  scripts[0]?.onerror?.(new Event('error'));
  await expect(failing).rejects.toThrow(SRC);
  void load(SRC);
  expect(given).toEqual([expect.any(TrustedUrl), expect.any(TrustedUrl)]);
  expect(String(given[0])).toBe(SRC);
  expect(createPolicy).toHaveBeenCalledExactlyOnceWith('payment-gateway', expect.anything()); // a second may be refused
});
