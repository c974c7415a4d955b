// The receiver merchants already run: verifyWebhook as published, over the body as express.json() hands it on.
const crypto = require("crypto");
const http = require("http");

function verifyWebhook(payload, signature, secret) {
  const expectedSignature = crypto
    .createHmac("sha256", secret)
    .update(JSON.stringify(payload))
    .digest("hex");

  return signature === expectedSignature;
}

http
  .createServer((req, res) => {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
      const genuine = verifyWebhook(body, req.headers["x-webhook-signature"], process.env.WEBHOOK_SECRET);
      res.writeHead(genuine ? 200 : 401, { "Content-Type": "application/json" });
      res.end(JSON.stringify(genuine ? { received: true } : { error: "Invalid signature" }));
    });
  })
  .listen(Number(process.env.RECEIVER_PORT), "127.0.0.1");
