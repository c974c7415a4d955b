// The verification merchants already run, over the parsed body as express.json() hands it on.
// Each line of standard input: signature, secret, body.
const crypto = require("crypto");

function verifyWebhook(payload, signature, secret) {
  const expectedSignature = crypto
    .createHmac("sha256", secret)
    .update(JSON.stringify(payload))
    .digest("hex");

  return signature === expectedSignature;
}

const lines = require("fs").readFileSync(0, "utf8").split("\n");
const verdicts = lines.map((line) => {
  const [, signature, secret, body] = line.match(/^(\S+) (\S+) (.*)$/s);
  return verifyWebhook(JSON.parse(body), signature, secret);
});
process.stdout.write(verdicts.join("\n"));
