"""Passes requests to the API unchanged, and streams its responses back: server-sent events and exports too."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from typing import cast
from urllib.parse import unquote_to_bytes

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from web_server.headers import EVERYWHERE

MAX_BODY_BYTES = 64 * 1024
MAX_CONNECTIONS = 512
MAX_STREAMS = 256
"""Of these connections, how many may be live streams: they last, and the rest must get through."""
KEEP_ALIVE_S = 2.0
"""Shorter than the API's own: a connection that it is about to close must not be used again."""
CONNECT_TIMEOUT_S = 2.0
WRITE_TIMEOUT_S = 10.0
POOL_TIMEOUT_S = 2.0
SILENCE_TIMEOUT_S = 60.0
"""Between two pieces of an answer; a live stream has a heartbeat each 15 s."""
RETRY_AFTER_S = 1

Header = tuple[bytes, bytes]

# RFC 9110, 7.6.1, with what older peers send. Each side names its own host, length and date.
_HOP_BY_HOP = {
    b"connection",
    b"content-length",
    b"date",
    b"expect",
    b"host",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
# This server puts its own on every response.
_OWN = {b"strict-transport-security", b"x-content-type-options"}
LAST = {"type": "http.response.body", "body": b"", "more_body": False}

_EVENT_STREAM = "text/event-stream"
_TIMEOUT = httpx.Timeout(
    connect=CONNECT_TIMEOUT_S, read=SILENCE_TIMEOUT_S, write=WRITE_TIMEOUT_S, pool=POOL_TIMEOUT_S
).as_dict()

_log = logging.getLogger(__name__)


class _Refused(Exception):
    """A response of this server itself, in the API's error shape."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = json.dumps({"error": {"code": code, "description": description}}).encode()


class ApiProxy:
    """An ASGI application in front of the API at ``api_url``; ``stopping`` ends the live streams.

    It goes through a transport and not through a client: no cookie jar, no redirects, no decoding.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, api_url: str, stopping: asyncio.Event) -> None:
        self._transport = transport
        self._api_url = httpx.URL(api_url)
        self._stopping = stopping
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            _check_path(scope["raw_path"])
            body = await _body(request)
            await _unless(_gone(receive), self._pass_on(request, body, send))
        except _Refused as refused:
            await _refuse(send, refused)
        except ClientDisconnect:
            return
        except (
            httpx.TransportError
        ) as error:  # in the middle of a response: the browser sees that it is incomplete
            _log.warning("the API's answer ended early: %s", type(error).__name__)

    async def _pass_on(self, request: Request, body: bytes, send: Send) -> None:
        answer = await self._ask(request, body)
        is_stream = answer.headers.get("content-type", "").startswith(_EVENT_STREAM)
        try:
            if not is_stream:
                await _relay(answer, send)
                return
            with self._stream():
                if not await _unless(self._stopping.wait(), _relay(answer, send)):
                    await send(LAST)
        finally:
            await answer.aclose()

    @contextlib.contextmanager
    def _stream(self) -> Iterator[None]:
        if self._streams >= MAX_STREAMS:
            raise _Refused(503, "SERVICE_UNAVAILABLE", "Too many live streams")
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1

    async def _ask(self, request: Request, body: bytes) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(self._request(request, body))
        except (httpx.ConnectError, httpx.TimeoutException) as error:
            _log.warning("the API does not answer: %s", type(error).__name__)
            raise _Refused(503, "SERVICE_UNAVAILABLE", "The API cannot be reached") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            _log.warning("no answer from the API: %s", type(error).__name__)
            raise _Refused(
                502, "SERVICE_UNAVAILABLE", "The API gave no answer that can be passed on"
            ) from None

    def _request(self, request: Request, body: bytes) -> httpx.Request:
        raw_path = cast("bytes", request.scope["raw_path"])
        query = cast("bytes", request.scope["query_string"])
        return httpx.Request(
            request.method,
            self._api_url.copy_with(raw_path=raw_path + (b"?" + query if query else b"")),
            headers=_passed_on(request),
            content=body,
            extensions={"timeout": _TIMEOUT},
        )


def _check_path(raw_path: bytes) -> None:
    """Refuse a path that the API, or a proxy on the way, could read as one that does not begin with ``/api/``."""
    segments = unquote_to_bytes(raw_path).replace(b"\\", b"/").split(b"/")
    if not raw_path.startswith(b"/api/") or b"." in segments or b".." in segments:
        raise _Refused(400, "BAD_REQUEST_ERROR", "The path must begin with /api/ and have no dot segments")


async def _body(request: Request) -> bytes:
    """The whole body: it is small, and its length is then known."""
    # httptools has checked that it is a number. Refused before it is asked for (``Expect: 100-continue``).
    _check_size(int(request.headers.get("content-length", 0)))
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        _check_size(size)
        chunks.append(chunk)
    return b"".join(chunks)


def _check_size(size_bytes: int) -> None:
    if size_bytes > MAX_BODY_BYTES:
        raise _Refused(413, "BAD_REQUEST_ERROR", "Request body too large")


def _passed_on(request: Request) -> list[Header]:
    headers = _end_to_end(request.headers.raw)
    known = [value for name, value in headers if name == b"x-forwarded-for"]
    client = request.client.host.encode() if request.client else b"unknown"
    kept = [(name, value) for name, value in headers if name != b"x-forwarded-for"]
    return [*kept, (b"x-forwarded-for", b", ".join([*known, client]))]


def _end_to_end(headers: Sequence[Header]) -> list[Header]:
    lowered = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in lowered
        if name == b"connection"
        for token in value.split(b",")
    }
    return [(name, value) for name, value in lowered if name not in _HOP_BY_HOP | named]


async def _relay(answer: httpx.Response, send: Send) -> None:
    """Each piece as it comes, encoded as it came."""
    headers = [pair for pair in _end_to_end(answer.headers.raw) if pair[0] not in _OWN]
    if length := answer.headers.get("content-length"):
        headers.append((b"content-length", length.encode()))
    headers += [
        (name.lower().encode(), value.encode())
        for name, value in EVERYWHERE.items()
        if name not in answer.headers
    ]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    async for chunk in cast("AsyncIterator[bytes]", answer.stream):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send(LAST)


async def _refuse(send: Send, refused: _Refused) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(refused.body)).encode())]
    if refused.status == httpx.codes.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.body, "more_body": False})


async def _gone(receive: Receive) -> None:
    """Returns when the browser has gone; the body has been read, so nothing else can come."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _unless(end: Awaitable[object], work: Awaitable[None]) -> bool:
    """Run ``work`` until it ends or ``end`` returns; returns whether it ended by itself."""
    ending, working = asyncio.ensure_future(end), asyncio.ensure_future(work)
    try:
        await asyncio.wait([ending, working], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done()
    finally:
        for task in (ending, working):
            task.cancel()
        await asyncio.gather(ending, working, return_exceptions=True)
