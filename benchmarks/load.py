"""``python -m benchmarks.load``: pays orders over kept-alive connections, each client one request at a time.

Standard input: a JSON object with ``port``, ``clients``, ``seconds`` (stop then at the latest) and ``orders``
(ids, each paid once). Standard output: a JSON object like :class:`Result`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

import orjson
import uvloop

from benchmarks.http1 import Messages

STATUS: Final = slice(9, 12)
CREATED: Final = b"201"
LAST_ANSWER_TIMEOUT_S = 30.0
HEAD = (
    "POST /api/v1/payments HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "X-Api-Key: key_test_abc123\r\nX-Api-Secret: secret_test_xyz789\r\nIdempotency-Key: {key}\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)
BODY = '{{"order_id": "{order}", "method": "upi", "vpa": "user@paytm"}}'


@dataclass
class Result:
    """Times are on the machine's monotonic clock, latencies of the 201s in ms."""

    created: int = 0
    others: Counter[str] = field(default_factory=Counter)
    started_s: float = 0.0
    ended_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)


class Client(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered; ``done`` once there is none to send."""

    def __init__(self, requests: Iterator[bytes], result: Result, ends_at_s: float) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._result = result
        self._ends_at_s = ends_at_s
        self._messages = Messages()
        self._sent_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        for head, _ in self._messages.feed(data):
            self._count(head[STATUS])
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the API closed the connection"))

    def _count(self, status: bytes) -> None:
        now_s = time.monotonic()
        if status == CREATED:
            self._result.created += 1
            self._result.latencies_ms.append((now_s - self._sent_s) * 1000)
        else:
            self._result.others[status.decode()] += 1
        self._result.ended_s = now_s

    def _send(self) -> None:
        self._sent_s = time.monotonic()
        request = next(self._requests, None) if self._sent_s < self._ends_at_s else None
        if request is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)


def render(order: str) -> bytes:
    """The request that pays ``order``, under a key of its own."""
    body = BODY.format(order=order)
    return HEAD.format(key=f"bench-{order}", length=len(body), body=body).encode()


async def pay(port: int, clients: int, seconds: float, orders: list[str]) -> Result:
    """Pay ``orders`` until they are all paid or ``seconds`` are over."""
    requests, loop = iter([render(order) for order in orders]), asyncio.get_running_loop()
    result = Result(started_s=time.monotonic())
    ends_at_s = result.started_s + seconds
    async with asyncio.timeout(seconds + LAST_ANSWER_TIMEOUT_S):
        made = [
            await loop.create_connection(lambda: Client(requests, result, ends_at_s), "127.0.0.1", port)
            for _ in range(clients)
        ]
        await asyncio.gather(*(client.done for _, client in made))
    return result


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(orjson.dumps(runner.run(pay(**orjson.loads(sys.stdin.buffer.read())))))
