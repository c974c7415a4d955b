/** Types of the API from docs/openapi.json; with --check, fails when the ones on disk are not those. */
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const TYPES = new URL('../dashboard/src/api/schema.d.ts', import.meta.url);

const made = `// Made from docs/openapi.json by \`npm run schema\`.\n${astToString(await openapiTS(DOCUMENT))}`;
if (process.argv.includes('--check')) {
  if (readFileSync(TYPES, 'utf8') !== made) throw new Error('schema.d.ts is stale: run `npm run schema` in web/');
} else {
  writeFileSync(TYPES, made);
}
