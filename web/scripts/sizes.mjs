/** Fails when what a page loads is larger, gzipped, than its bound. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

const KIB = 1024;
/** js: what the first page needs; lazy: each page that is loaded when it is opened; css: all of it. */
const MAX_GZIP_BYTES = {
  checkout: { js: 15.8 * KIB, css: 4 * KIB },
  dashboard: { js: 120 * KIB, lazy: 15 * KIB, css: 12 * KIB },
};

const page = process.argv[2];
const limits = MAX_GZIP_BYTES[page];
const dist = new URL(`../${page}/dist/`, import.meta.url);
const assets = readdirSync(new URL('assets/', dist)).map((name) => `assets/${name}`);

const size = (names) => names.reduce((sum, name) => sum + statSync(new URL(`${name}.gz`, dist)).size, 0);
const all = (kind) => assets.filter((name) => name.endsWith(`.${kind}`));

function check(what, bytes, limit) {
  console.log(`web/${page} ${what}: ${bytes} of ${limit} bytes gzipped`);
  if (!bytes || bytes > limit) throw new Error(`${page}'s ${what} is missing or too large`);
}

/** Files that `key` needs before it runs. */
function closure(manifest, key, found = new Set()) {
  const chunk = manifest[key];
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const next of chunk.imports ?? []) closure(manifest, next, found);
  return found;
}

function checkLazy(manifest) {
  const initial = closure(manifest, 'index.html');
  check('js', size([...initial]), limits.js);
  for (const [key, chunk] of Object.entries(manifest)) {
    if (!chunk.isDynamicEntry) continue;
    check(key.replace('src/', ''), size([...closure(manifest, key)].filter((name) => !initial.has(name))), limits.lazy);
  }
}

const manifest = new URL('.vite/manifest.json', dist);
if (existsSync(manifest)) checkLazy(JSON.parse(readFileSync(manifest, 'utf8')));
else check('js', size(all('js')), limits.js);
check('css', size(all('css')), limits.css);
