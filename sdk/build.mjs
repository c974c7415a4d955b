/** Builds dist/: the script (floating and hashed), its SRI manifest, the ES module, the loader and the types. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const DIST = `${ROOT}dist/`;
const PINNED = `${ROOT}pinned/`;
const HASH_CHARS = 16;
// A bound for each file, in bytes after gzip.
const MAX_GZIP_BYTES = { 'checkout.js': 3_072, 'checkout.mjs': 3_400, 'loader.mjs': 614 };

async function bundle(entry, format, fileName) {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: DIST,
      emptyOutDir: false,
      target: 'es2022',
      cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
      lib: { entry: `${ROOT}src/${entry}`, formats: [format], name: 'Checkout', fileName: () => fileName },
      minify: 'oxc',
    },
  });
}

function writeHashed() {
  const script = readFileSync(`${DIST}checkout.js`);
  const name = `checkout.${createHash('sha256').update(script).digest('hex').slice(0, HASH_CHARS)}.js`;
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
  writeFileSync(`${DIST}${name}`, script);
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  writeFileSync(`${DIST}manifest.json`, `${JSON.stringify({ version, file: name, integrity }, null, 2)}\n`);
  return name;
}

/** Scripts of earlier releases (`npm run pin`), byte for byte: sites have their hashes in their pages. */
function copyPinned() {
  mkdirSync(PINNED, { recursive: true });
  cpSync(PINNED, DIST, { recursive: true });
  return readdirSync(PINNED);
}

function compress(name) {
  const content = readFileSync(`${DIST}${name}`);
  writeFileSync(`${DIST}${name}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${DIST}${name}.br`, brotliCompressSync(content));
}

function checkSize(name, limit) {
  const { length } = readFileSync(`${DIST}${name}.gz`);
  console.log(`sdk/dist/${name}: ${length} of ${limit} bytes gzipped`);
  if (length > limit) throw new Error(`${name} is too large`);
}

rmSync(DIST, { recursive: true, force: true });
await bundle('global.ts', 'iife', 'checkout.js');
await bundle('index.ts', 'es', 'checkout.mjs');
await bundle('loader.ts', 'es', 'loader.mjs');
for (const name of new Set([...copyPinned(), writeHashed(), ...Object.keys(MAX_GZIP_BYTES)])) compress(name);
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', `${ROOT}tsconfig.types.json`], { stdio: 'inherit' });
for (const [name, limit] of Object.entries(MAX_GZIP_BYTES)) checkSize(name, limit);
