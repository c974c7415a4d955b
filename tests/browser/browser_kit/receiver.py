"""A merchant's webhook receiver: answers as told and remembers what it got."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_S = 20.0
POLL_S = 0.05


@dataclass(frozen=True)
class Received:
    """One POST: names of headers in lower case, the body's exact bytes."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """``status``, ``answer_headers`` and ``answer`` are what it answers from now on."""

    url: str = ""
    status: int = 200
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"OK"
    received: list[Received] = field(default_factory=list)

    def wait_for(self, wanted: Callable[[Received], bool]) -> Received:
        """The first POST that is ``wanted``; AssertionError when none comes."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for each in list(self.received):
                if wanted(each):
                    return each
            assert time.monotonic() < deadline, [each.headers for each in self.received]
            time.sleep(POLL_S)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            self.send_response(receiver.status)
            for name, value in receiver.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *_: object) -> None:
            """Nothing on the tests' own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_S,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/webhook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
