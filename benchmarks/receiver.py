"""``python -m benchmarks.receiver PORT SECRET``: verifies every webhook, and tells at GET what has come.

A payment is complete once its created, its pending and its final event were verified, a refund once its created and
its processed one. ``last_s`` is when the newest of each became complete, on the machine's monotonic clock.
"""

from __future__ import annotations

import asyncio
import hmac
import sys
import time
from typing import cast

import orjson
import uvloop

from benchmarks.http1 import Messages, header

SIGNATURE = b"x-webhook-signature:"
BITS = {
    "payment.created": 1,
    "payment.pending": 2,
    "payment.success": 4,
    "payment.failed": 4,
    "refund.created": 1,
    "refund.processed": 2,
}
COMPLETE = {"payment": 7, "refund": 3}
OK, UNAUTHORIZED = (
    b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % line for line in (b"200 OK", b"401 Unauthorized")
)


class Tally:
    """What has been verified so far."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._events_of: dict[str, int] = {}
        self.verified = 0
        self.refused = 0
        self.complete = dict.fromkeys(COMPLETE, 0)
        self.last_s = dict.fromkeys(COMPLETE, 0.0)

    def take(self, head: bytes, body: bytes) -> bool:
        """Verify one webhook and count it."""
        expected = hmac.digest(self._secret, body, "sha256").hex().encode()
        if not hmac.compare_digest(header(head, SIGNATURE), expected):
            self.refused += 1
            return False
        self.verified += 1
        message = orjson.loads(body)
        noun = message["event"].partition(".")[0]
        subject_id = message["data"][noun]["id"]
        before = self._events_of.get(subject_id, 0)
        after = self._events_of[subject_id] = before | BITS[message["event"]]
        if after == COMPLETE[noun] != before:
            self.complete[noun] += 1
            self.last_s[noun] = time.monotonic()
        return True

    def report(self) -> bytes:
        """The counts as an HTTP response."""
        counts = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        body = orjson.dumps(counts)
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Connection(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._messages = Messages()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        for head, body in self._messages.feed(data):
            if head.startswith(b"GET"):
                self._transport.write(self._tally.report())
            else:
                self._transport.write(OK if self._tally.take(head, body) else UNAUTHORIZED)


async def serve(port: int, secret: str) -> None:
    """Serve until killed."""
    tally = Tally(secret.encode())
    server = await asyncio.get_running_loop().create_server(lambda: Connection(tally), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), sys.argv[2]))
