import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { settings: { navigation: { disableChildFrameNavigation: true } } } },
    include: ['tests/**/*.test.ts'],
    testTimeout: 5_000,
    setupFiles: ['tests/quiet-frames.ts'],
  },
});
