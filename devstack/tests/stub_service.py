"""A stand-in for a gateway process: answers 200 on PORT. `crash` prints a traceback and ends at once."""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(dict(os.environ)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    if sys.argv[1:] == ["crash"]:
        raise RuntimeError("a stub that cannot start")
    with HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler) as server:
        print("stub is listening", flush=True)
        server.serve_forever()
