/** Writes the types of the API from docs/openapi.json: `npm ci` and `npm run types` do, so an editor has them too. */
import { writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const TYPES = new URL('../dashboard/src/api/schema.d.ts', import.meta.url);

const types = astToString(await openapiTS(DOCUMENT));
writeFileSync(TYPES, `// Made from docs/openapi.json by \`npm run schema\`.\n${types}`);
