"""What the layers make of responses that last: they are counted, timed, and cut short when they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.middleware.overload import Overload
from api.middleware.request_context import RequestContext
from api.reports.routes import CsvResponse
from gateway_core.runtime.http_metrics import HttpMetrics
from gateway_core.runtime.metrics import REGISTRY


async def nothing() -> AsyncIterator[bytes]:
    pieces: tuple[bytes, ...] = ()
    for piece in pieces:
        yield piece


async def endless() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def failing() -> AsyncIterator[bytes]:
    yield b"one"
    raise RuntimeError("gone")


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


def answering(pieces: Any, response_class: type[StreamingResponse] = EventSourceResponse) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await response_class(pieces())(scope, receive, send)

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


async def test_a_failure_in_the_middle_is_no_complete_answer() -> None:
    client = Client()
    with pytest.raises(RuntimeError, match="gone"):
        await RequestContext(answering(failing))(client.scope(), client.receive, client.send)
    assert client.content == [b"one"]


async def test_event_streams_take_no_place_of_requests() -> None:
    streams = [Client() for _ in range(3)]
    app = Overload(answering(endless), max_in_flight=1)
    tasks = [await begun(app, each) for each in streams]
    assert [each.sent[0]["status"] for each in streams] == [200, 200, 200]
    for each in streams:
        each.leave.set()
    await asyncio.gather(*tasks)


async def test_other_downloads_do_take_one() -> None:
    first, second = Client(), Client()
    app = Overload(answering(endless, CsvResponse), max_in_flight=1)
    task = await begun(app, first)
    await app(second.scope(), second.receive, second.send)
    assert second.sent[0]["status"] == 503
    first.leave.set()
    await task


async def test_a_place_is_given_back_once() -> None:
    async def by_method(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = answering(nothing) if scope["method"] == "POST" else answering(endless, CsvResponse)
        await chosen(scope, receive, send)

    app = Overload(by_method, max_in_flight=1)
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
    app = HttpMetrics(answering(endless))
    task = await begun(app, client)
    assert REGISTRY.get_sample_value("gateway_http_requests_in_flight") == 0
    assert sample("count") == counted + 1
    await asyncio.sleep(0.3)
    client.leave.set()
    await task
    assert sample("count") == counted + 1
    assert sample("sum") - seconds < 0.2
    assert REGISTRY.get_sample_value("gateway_http_requests_in_flight") == 0
