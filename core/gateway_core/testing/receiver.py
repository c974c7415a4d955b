"""A programmable webhook receiver on a real loopback socket."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import orjson
from aiohttp import web
from multidict import CIMultiDictProxy

from gateway_core.domain.signing import standard_webhooks_signatures, verify
from gateway_core.testing.answers import Answer, respond
from gateway_core.testing.factories import DEADLINE_S, eventually

MAX_RECORDED = 100_000
MAX_BODY_BYTES = 4 * 1024 * 1024
CLOSE_TIMEOUT_S = 0.1


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came: ``body`` is the raw bytes, ``at_s`` is ``time.time()`` when it had arrived."""

    method: str
    path: str
    headers: CIMultiDictProxy[str]
    body: bytes
    at_s: float

    def json(self) -> Mapping[str, object]:
        """The body as a JSON object."""
        parsed: Mapping[str, object] = orjson.loads(self.body)
        return parsed

    @property
    def event(self) -> str:
        return str(self.json()["event"])

    def signed_by(self, secret: str) -> bool:
        """``X-Webhook-Signature`` fits the raw body under ``secret`` (contract, Webhooks)."""
        return verify(self.body, self.headers.get("X-Webhook-Signature", ""), secret)

    def standard_signed_by(self, secret: str) -> bool:
        """Every Standard Webhooks signature under ``secret`` is among those sent."""
        wanted = standard_webhooks_signatures(
            self.headers["webhook-id"], int(self.headers["webhook-timestamp"]), self.body, secret
        )
        return set(wanted) <= set(self.headers["webhook-signature"].split(" "))


class Receiver:
    """``async with Receiver() as receiver:`` records every request and answers as scripted, else with 200.

    ``requests`` holds at most the first ``MAX_RECORDED``; ``total`` counts all.
    """

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.total = 0
        self.port = 0
        self._scripts: dict[str, deque[Answer]] = {}
        self._default: dict[str, Answer] = {}

    def url(self, path: str = "/webhook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def script(self, *answers: Answer | int, path: str = "/webhook", then: Answer | int = 200) -> None:
        """Answer requests to ``path`` with ``answers`` in turn (an int is a status), then with ``then``."""
        self._scripts[path] = deque(map(_as_answer, answers))
        self._default[path] = _as_answer(then)

    def received(self, path: str = "/webhook") -> Sequence[Received]:
        """The recorded requests to ``path``, oldest first."""
        return [request for request in self.requests if request.path == path]

    async def wait_for(self, count: int, *, timeout_s: float = DEADLINE_S) -> Sequence[Received]:
        """All requests once there are ``count`` or more; AssertionError after ``timeout_s``."""

        def arrived() -> bool:
            assert self.total >= count, f"{self.total} of {count} requests arrived"
            return True

        await eventually(arrived, timeout_s=timeout_s)
        return self.requests

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.total += 1
        if len(self.requests) < MAX_RECORDED:
            self.requests.append(Received(request.method, request.path, request.headers, body, time.time()))
        script = self._scripts.get(request.path)
        answer = script.popleft() if script else self._default.get(request.path, _OK)
        return await answer(request)


def _as_answer(answer: Answer | int) -> Answer:
    return respond(answer) if isinstance(answer, int) else answer


_OK = respond(200)
