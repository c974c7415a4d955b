"""An application over fake services, and ASGI in the hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import Response
from starlette.requests import Request
from starlette.types import ASGIApp, Message

from api.app import Services, create_app
from api.paging import Page
from api.session.cookie import SessionCookie
from api.settings import ApiSettings

MERCHANT = UUID(int=1)


class FakeService:
    """Answers every call with ``outcome``: a response with it as its body, or raised if it is an exception."""

    def __init__(self) -> None:
        self.outcome: bytes | Exception = b'{"made": "up"}'
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def check_secret(self, payment_id: str, client_secret: str | None) -> None:
        self.calls.append(("check_secret", (payment_id, client_secret)))

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        async def call(*arguments: object, **_: object) -> object:
            self.calls.append((name, arguments))
            if isinstance(self.outcome, Exception):
                raise self.outcome
            if name.startswith("list_"):
                return Page([], 0, None)
            return Response(self.outcome, media_type="application/json")

        return call


class LetsEveryoneIn:
    """Everyone is ``MERCHANT``."""

    async def merchant_of(self, _request: Request) -> UUID:
        return MERCHANT

    async def signed_in_merchant_of(self, _request: Request) -> UUID:
        return MERCHANT

    async def aclose(self) -> None:
        pass


class Edge:
    """What surrounds the services: routing, layers, errors."""

    def __init__(self, settings: ApiSettings) -> None:
        self.service = FakeService()
        parts: dict[str, Any] = {field.name: self.service for field in fields(Services)}
        parts |= {
            "fingerprint_key": b"k" * 32,
            "cookie": SessionCookie(is_secure=False),
            "trusted_proxies": (),
            "authenticator": LetsEveryoneIn(),
        }
        self.app = create_app(settings, Services(**parts))
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
