# WEBHOOK_SECRET=whsec_… python verify.py
import hashlib
import hmac
import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()
MAX_BYTES = 1_048_576


# body: the bytes exactly as they came, before any JSON parser.
def is_genuine(body, signature):
    expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    return bool(re.fullmatch("[0-9a-f]{64}", signature)) and hmac.compare_digest(expected, signature)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(self.receive())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def receive(self):
        size = int(self.headers.get("Content-Length", 0))
        if not 0 <= size <= MAX_BYTES:
            return 413
        body = self.rfile.read(size)
        if not is_genuine(body, self.headers.get("X-Webhook-Signature", "")):
            return 401
        event = json.loads(body)["event"]  # parse only now
        print(self.headers.get("webhook-id"), event, flush=True)  # store it, each webhook-id once
        return 200


ThreadingHTTPServer(("", int(os.environ.get("PORT", "4000"))), Receiver).serve_forever()
