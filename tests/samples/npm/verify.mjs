// Reads cases (secret, body, headers) as JSON from stdin; writes which of them each library verifies.
import { readFileSync } from 'node:fs';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const verifies = (Library, { secret, body, headers }) => {
  try {
    new Library(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};
const cases = JSON.parse(readFileSync(0, 'utf8'));
const results = [StandardWebhook, SvixWebhook].map((Library) => cases.map((each) => verifies(Library, each)));
process.stdout.write(JSON.stringify(results));
