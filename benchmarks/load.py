"""``python -m benchmarks.load``: sends requests over kept-alive connections, each client one at a time.

Standard input: a JSON object of the parameters of :func:`send`. Standard output: a JSON object like :class:`Result`.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final, cast

import orjson
import uvloop

from benchmarks.http1 import Messages

STATUS: Final = slice(9, 12)
LAST_ANSWER_TIMEOUT_S: Final = 30.0
SHOWN_CHARS: Final = 200


@dataclass(frozen=True)
class Exchange:
    """A request, and the status and part of the body of its correct response."""

    request: str
    status: str
    part: str


@dataclass
class Result:
    """Times are on the machine's monotonic clock; ``latencies_ms`` are those of the correct answers."""

    started_s: float = 0.0
    ended_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        return len(self.latencies_ms)

    @property
    def seconds(self) -> float:
        return self.ended_s - self.started_s

    @property
    def per_s(self) -> float:
        return self.answers / self.seconds

    def percentile_ms(self, percent: int) -> float:
        return quantiles(self.latencies_ms, n=100)[percent - 1]


class Client(asyncio.Protocol):
    """Sends the next request as soon as the last one is answered; ``done`` once there is none to send."""

    def __init__(self, exchanges: Iterator[tuple[bytes, bytes, bytes]], result: Result) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ends_at_s = 0.0
        self._exchanges = exchanges
        self._result = result
        self._messages = Messages()
        self._sent_s = 0.0
        self._status = self._part = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        for head, body in self._messages.feed(data):
            self._count(head, body)
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _count(self, head: bytes, body: bytes) -> None:
        self._result.ended_s = now_s = time.monotonic()
        if head[STATUS] == self._status and self._part in body:
            self._result.latencies_ms.append((now_s - self._sent_s) * 1000)
        else:
            self._result.wrong[f"{head[STATUS].decode()} {body.decode()[:SHOWN_CHARS]}"] += 1

    def send(self) -> None:
        """The next request, unless the time is over."""
        self._sent_s = time.monotonic()
        exchange = next(self._exchanges, None) if self._sent_s < self.ends_at_s else None
        if exchange is not None:
            request, self._status, self._part = exchange
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)


async def send(
    port: int, clients: int, seconds: float, exchanges: Sequence[Exchange], *, repeat: bool
) -> Result:
    """Send the requests once each, or with ``repeat`` over and over, until ``seconds`` are over."""
    encoded = [(each.request.encode(), each.status.encode(), each.part.encode()) for each in exchanges]
    left = itertools.cycle(encoded) if repeat else iter(encoded)
    result, loop = Result(), asyncio.get_running_loop()
    connected = [
        (await loop.create_connection(lambda: Client(left, result), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    result.started_s = time.monotonic()
    for client in connected:
        client.ends_at_s = result.started_s + seconds
        client.send()
    async with asyncio.timeout(seconds + LAST_ANSWER_TIMEOUT_S):
        await asyncio.gather(*(client.done for client in connected))
    return result


async def load(
    port: int, exchanges: Sequence[Exchange], *, clients: int, seconds: float, repeat: bool = False
) -> Result:
    """What :func:`send` has measured, in a process of its own. Raises RuntimeError for any wrong answer."""
    spec = {"port": port, "clients": clients, "seconds": seconds, "exchanges": exchanges, "repeat": repeat}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate(orjson.dumps(spec))
    if process.returncode != 0:
        raise RuntimeError("the load generator failed")
    result = Result(**orjson.loads(output))
    if result.wrong or not result.answers:
        raise RuntimeError(f"{result.answers} correct answers, and these: {result.wrong}")
    return result


if __name__ == "__main__":
    parameters = orjson.loads(sys.stdin.buffer.read())
    parameters["exchanges"] = [Exchange(**each) for each in parameters["exchanges"]]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(orjson.dumps(runner.run(send(**parameters))))
