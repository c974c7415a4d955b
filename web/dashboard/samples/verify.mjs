// WEBHOOK_SECRET=whsec_… node verify.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = process.env.WEBHOOK_SECRET;
const MAX_BYTES = 1_048_576;
if (!SECRET) throw new Error('WEBHOOK_SECRET is not set');

// body: the Buffer exactly as it came, before any JSON parser.
function isGenuine(body, signature) {
  if (!/^[0-9a-f]{64}$/.test(signature ?? '')) return false;
  const expected = createHmac('sha256', SECRET).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

async function receive(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BYTES) return 413;
  const body = Buffer.concat(chunks);
  if (!isGenuine(body, request.headers['x-webhook-signature'])) return 401;
  const { event } = JSON.parse(body); // parse only now
  console.log(request.headers['webhook-id'], event); // store it, each webhook-id once
  return 200;
}

createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    () => response.destroy(),
  );
}).listen(Number(process.env.PORT ?? 4000));
