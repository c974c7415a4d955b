import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Everything but the charts, which only one page draws: so each lazily loaded page is one chunk of its own. */
const SHARED = /\/dashboard\/src\/(ui\/(?!charts\/)|api\/|app\/)/;

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'], // the oldest that know light-dark()
    assetsInlineLimit: 0, // data: addresses would need a hole in the Content-Security-Policy
    modulePreload: { polyfill: false },
    manifest: true,
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules/, priority: 2 },
            { name: 'shared', test: SHARED, priority: 1 },
          ],
        },
      },
    },
  },
  server: { port: 3000, proxy: { '/api': 'http://localhost:8000' } },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://localhost:3000/' } },
    include: ['tests/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    maxWorkers: '100%', // they wait more than they work
  },
});
