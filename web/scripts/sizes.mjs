/** Fails when what a page loads is larger, gzipped, than its bound. */
import { readdirSync, statSync } from 'node:fs';

const MAX_GZIP_BYTES = { checkout: { js: 15 * 1024, css: 4 * 1024 } };

const page = process.argv[2];
const assets = new URL(`../${page}/dist/assets/`, import.meta.url);
for (const [kind, limit] of Object.entries(MAX_GZIP_BYTES[page])) {
  const names = readdirSync(assets).filter((name) => name.endsWith(`.${kind}.gz`));
  const bytes = names.reduce((sum, name) => sum + statSync(new URL(name, assets)).size, 0);
  console.log(`web/${page} ${kind}: ${bytes} of ${limit} bytes gzipped`);
  if (!bytes || bytes > limit) throw new Error(`${page}'s ${kind} is missing or too large`);
}
