/** happy-dom prints an error for every frame that it is told not to load, past vitest's own console. */
import original from 'node:console';

const print = original.error.bind(original);
original.error = (...args: unknown[]) => {
  if (!String(args[0]).includes('Iframe page loading is disabled')) print(...args);
};
