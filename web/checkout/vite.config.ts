import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    cssTarget: ['chrome105', 'firefox115', 'safari15.4'],
    assetsInlineLimit: 0, // data: addresses would need a hole in the Content-Security-Policy
    modulePreload: false,
    emptyOutDir: true,
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
    testTimeout: 5_000,
  },
});
