"""An API with scripted responses, and the files of a small build."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import httpx

ASKED_TIMEOUT_S = 5.0

INDEX = (
    '<!doctype html><html lang="en"><head><meta name="generator" content="React-compatible">'
    '<meta name="api-base" content="x" /></head><body></body></html>'
)
SCRIPT = "(function(){var PaymentGateway;})();" * 20
ORDER_ID = "order_Abcdefghij012345"


class ApiStub:
    """``answer`` is what the API says; ``asked`` are the addresses that were asked for."""

    def __init__(self) -> None:
        self.answer: Callable[[], httpx.Response] = lambda: self.origins("https://shop.example.com")
        self.asked: list[str] = []

    @staticmethod
    def origins(*allowed: object) -> httpx.Response:
        return httpx.Response(200, json={"allowed_origins": list(allowed)})

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer()


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Upstream(httpx.AsyncBaseTransport):
    """The API behind the proxy. ``answer`` is what it says, ``fault`` what happens instead of an answer."""

    def __init__(self) -> None:
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, json={})
        self.fault: Exception | None = None
        self.hold: asyncio.Event | None = None
        self.asked: list[httpx.Request] = []
        self.closed = 0
        self._asked = asyncio.Event()

    def stream(self, headers: Mapping[str, str]) -> asyncio.Queue[bytes | Exception]:
        """What is put there is sent; it never ends by itself."""
        pieces: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.answer = lambda: httpx.Response(200, headers=headers, stream=_Pieces(self, pieces))
        return pieces

    async def was_asked(self) -> None:
        async with asyncio.timeout(ASKED_TIMEOUT_S):
            await self._asked.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self._asked.set()
        if self.hold:
            await self.hold.wait()
        if self.fault:
            raise self.fault
        return self.answer()


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, upstream: Upstream, pieces: asyncio.Queue[bytes | Exception]) -> None:
        self._upstream = upstream
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            piece = await self._pieces.get()
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self._upstream.closed += 1
