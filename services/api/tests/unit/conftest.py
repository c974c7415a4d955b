"""An application over fake services, and ASGI in the hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import fields
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.types import ASGIApp, Message

from api.answers import Answer, Page, answer, page
from api.app import Services, create_app
from api.settings import ApiSettings

MERCHANT = UUID(int=1)


class FakeService:
    """Answers every call with ``outcome``: returned, or raised if it is an exception."""

    def __init__(self) -> None:
        self.outcome: Answer | Page | Exception = answer(200, {"made": "up"})
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        async def call(*arguments: object, **_: object) -> object:
            self.calls.append((name, arguments))
            if isinstance(self.outcome, Exception):
                raise self.outcome
            return page([], 0, None) if name.startswith("list_page") else self.outcome

        return call


class OpenDoor:
    """Everyone is ``MERCHANT``."""

    async def merchant_of(self, _request: Request) -> UUID:
        return MERCHANT

    async def signed_in_merchant_of(self, _request: Request) -> UUID:
        return MERCHANT

    async def may_stay(self, _request: Request) -> bool:
        return True

    async def aclose(self) -> None:
        pass


class Edge:
    """What surrounds the services: routing, layers, errors."""

    def __init__(self, settings: ApiSettings) -> None:
        self.service = FakeService()
        fake = cast("Any", self.service)
        self.app = create_app(
            settings, Services(cast("Any", OpenDoor()), *[fake] * (len(fields(Services)) - 1))
        )
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://api.test")


@pytest_asyncio.fixture
async def edge(settings: ApiSettings) -> AsyncIterator[Edge]:
    made = Edge(settings)
    async with made.client:
        yield made


class Exchange:
    """One ASGI exchange: hands out ``incoming``, then whatever ``then`` does; keeps what is sent."""

    def __init__(
        self, incoming: Sequence[Message] = (), *, then: Callable[[], Awaitable[Message]] | None = None
    ) -> None:
        self._incoming = list(incoming)
        self._then = then
        self.sent: list[Message] = []
        self.received = 0

    async def receive(self) -> Message:
        self.received += 1
        if self._incoming:
            return self._incoming.pop(0)
        if self._then is None:
            return {"type": "http.disconnect"}
        return await self._then()

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def run(
        self, app: ASGIApp, *, method: str = "POST", headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        scope = {"type": "http", "method": method, "path": "/", "headers": list(headers)}
        await app(scope, self.receive, self.send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])


@pytest.fixture
def make_edge() -> type[Edge]:
    """For settings of the test's own."""
    return Edge


@pytest.fixture
def make_exchange() -> type[Exchange]:
    return Exchange
