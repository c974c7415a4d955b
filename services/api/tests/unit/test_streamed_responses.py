"""Answers in pieces: to clients that read, leave, or want no content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from starlette.types import Message

from api.middleware.asgi import ASGIApp, Receive, Scope, Send
from api.middleware.errors import Errors
from api.middleware.head import HeadAsGet
from api.middleware.overload import Overload
from api.streaming import EVENT_STREAM, StreamedResponse
from gateway_core.runtime.http_metrics import HttpMetrics
from gateway_core.runtime.metrics import REGISTRY


class Pieces:
    """Hands out ``ready``, then waits for ever; knows whether it was closed."""

    def __init__(self, *ready: bytes, endless: bool = False) -> None:
        self._ready = list(ready)
        self._endless = endless
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._ready:
            return self._ready.pop(0)
        if self._endless:
            await asyncio.Event().wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


class Client:
    """Sends an empty body, stays until ``leave`` is set."""

    def __init__(self) -> None:
        self._has_sent = False
        self.sent: list[Message] = []
        self.leave = asyncio.Event()

    async def receive(self) -> Message:
        if not self._has_sent:
            self._has_sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def scope(self, method: str = "GET") -> dict[str, Any]:
        return {"type": "http", "method": method, "path": "/", "headers": []}

    @property
    def content(self) -> Sequence[bytes]:
        return [message["body"] for message in self.sent[1:]]


def answering(pieces: Pieces, media_type: str = EVENT_STREAM) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamedResponse(pieces, media_type, {"x-a": "b"})(scope, receive, send)

    return app


def exchange(app: ASGIApp, client: Client) -> asyncio.Future[None]:
    """The exchange, begun."""
    return asyncio.ensure_future(app(client.scope(), client.receive, client.send))


async def begun(app: ASGIApp, client: Client) -> asyncio.Future[None]:
    """The exchange, once its answer has begun."""
    task = exchange(app, client)
    while not client.sent:
        await asyncio.sleep(0)
    return task


async def test_pieces_go_out_one_by_one_and_the_end_is_told() -> None:
    pieces, client = Pieces(b"one", b"two"), Client()
    async with asyncio.timeout(5):
        await answering(pieces)(client.scope(), client.receive, client.send)
    assert client.content == [b"one", b"two", b""]
    assert [message.get("more_body") for message in client.sent[1:]] == [True, True, None]
    assert sorted(client.sent[0]["headers"]) == [(b"content-type", b"text/event-stream"), (b"x-a", b"b")]
    assert pieces.closed


async def test_an_idle_stream_ends_when_its_client_leaves() -> None:
    pieces, client = Pieces(b"one", endless=True), Client()
    task = exchange(answering(pieces), client)
    while len(client.sent) < 2:
        await asyncio.sleep(0)
    client.leave.set()
    async with asyncio.timeout(5):
        await task
    assert pieces.closed


async def test_head_gets_the_headers_and_no_stream() -> None:
    pieces, client = Pieces(b"one", endless=True), Client()
    async with asyncio.timeout(5):
        await HeadAsGet(answering(pieces))(client.scope("HEAD"), client.receive, client.send)
    assert (client.content, pieces.closed) == ([b""], True)


async def test_a_failure_in_the_middle_is_no_complete_answer() -> None:
    class Failing(Pieces):
        async def __anext__(self) -> bytes:
            if not self._ready:
                raise RuntimeError("gone")
            return await super().__anext__()

    pieces, client = Failing(b"one"), Client()
    with pytest.raises(RuntimeError, match="gone"):
        await Errors(answering(pieces))(client.scope(), client.receive, client.send)
    assert (client.content, pieces.closed) == ([b"one"], True)


async def test_event_streams_take_no_place_of_requests() -> None:
    streams = [Client() for _ in range(3)]
    app = Errors(Overload(answering(Pieces(endless=True)), max_in_flight=1))
    tasks = [await begun(app, each) for each in streams]
    assert [each.sent[0]["status"] for each in streams] == [200, 200, 200]
    for each in streams:
        each.leave.set()
    await asyncio.gather(*tasks)


async def test_other_downloads_do_take_one() -> None:
    first, second = Client(), Client()
    app = Errors(Overload(answering(Pieces(endless=True), "text/csv"), max_in_flight=1))
    task = await begun(app, first)
    await app(second.scope(), second.receive, second.send)
    assert second.sent[0]["status"] == 503
    first.leave.set()
    await task


async def test_a_place_is_given_back_once() -> None:
    async def by_method(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = (
            answering(Pieces()) if scope["method"] == "POST" else answering(Pieces(endless=True), "text/csv")
        )
        await chosen(scope, receive, send)

    app = Errors(Overload(by_method, max_in_flight=1))
    stream, downloads = Client(), [Client(), Client()]
    for _ in range(3):
        await app(stream.scope("POST"), stream.receive, stream.send)
    task = await begun(app, downloads[0])
    await app(downloads[1].scope(), downloads[1].receive, downloads[1].send)
    assert [each.sent[0]["status"] for each in downloads] == [200, 503]
    downloads[0].leave.set()
    await task


async def test_a_stream_is_timed_to_its_beginning_and_is_not_in_flight() -> None:
    labels = {"method": "GET", "route": "none"}
    name = "gateway_http_request_duration_seconds"

    def sample(what: str) -> float:
        return REGISTRY.get_sample_value(f"{name}_{what}", labels) or 0.0

    counted, seconds = sample("count"), sample("sum")
    client = Client()
    app = HttpMetrics(answering(Pieces(endless=True)))
    task = await begun(app, client)
    assert REGISTRY.get_sample_value("gateway_http_requests_in_flight") == 0
    assert sample("count") == counted + 1
    await asyncio.sleep(0.3)
    client.leave.set()
    await task
    assert sample("count") == counted + 1
    assert sample("sum") - seconds < 0.2
    assert REGISTRY.get_sample_value("gateway_http_requests_in_flight") == 0
