"""What a hostile or slow client can hold of the API, the checkout and the dashboard, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from gateway_core.runtime import http_protocol
from gateway_core.testing.factories import DEADLINE_S, eventually

if TYPE_CHECKING:
    from tests.servers.conftest import Site


pytestmark = pytest.mark.integration

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Dial = Callable[[], Awaitable[tuple[Reader, Writer]]]
SHORT_S = 0.5
BUFFER_BYTES = 4096
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
# An address of each server at which a body is read, if there is one.
POST = b"POST /api/v1/payments/public HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
async def dial(site: Site) -> AsyncIterator[Dial]:
    """Opens connections to the server; they are closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def connect() -> tuple[Reader, Writer]:
            reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
            stack.callback(writer.close)
            return reader, writer

        yield connect


async def response(reader: Reader) -> tuple[int, dict[str, str], bytes]:
    async with asyncio.timeout(DEADLINE_S):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def ended(reader: Reader) -> bytes:
    """What still came until the server ended the connection."""
    received = b""
    async with asyncio.timeout(DEADLINE_S):
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                received += piece
    return received


async def is_served(dial: Dial) -> bool:
    reader, writer = await dial()
    writer.write(GET + b"\r\n")
    return (await response(reader))[0] == 200


async def _send_requests(writer: Writer) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write((GET + b"\r\n") * 20)
            await writer.drain()


async def test_a_thousand_silent_connections_keep_nobody_out_and_end(
    dial: Dial, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT_S", 3.0)
    silent = [await dial() for _ in range(1_100)]
    assert await is_served(dial)
    for reader, _ in silent:
        assert await ended(reader) == b""


@pytest.mark.parametrize("sent", [b"G", GET + b"X-Slow: "])
async def test_slow_heads_are_ended(dial: Dial, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT_S", SHORT_S)
    reader, writer = await dial()
    writer.write(sent)
    assert await ended(reader) == b""
    assert await is_served(dial)


async def test_slow_bodies_are_ended(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "BODY_TIMEOUT_S", SHORT_S)
    reader, writer = await dial()
    writer.write(POST + b"Content-Length: 100\r\n\r\n{")
    assert (await ended(reader)).split()[1] in (b"400", b"404", b"405")
    assert await is_served(dial)


async def test_an_endless_head_is_refused_after_little(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(GET + b"X-Long: " + b"x" * 400_000)
    status, _, body = await response(reader)
    assert (status, json.loads(body)["error"]["description"]) == (400, "Request head is too large")


async def test_a_body_too_large_is_refused_and_ends_the_connection(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(POST + b"Expect: 100-continue\r\nContent-Length: 3000000\r\n\r\n")
    assert (await ended(reader)).split()[1] in (b"404", b"405", b"413")


async def test_a_client_that_does_not_read_is_disconnected(
    dial: Dial, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "TAKING_TIMEOUT_S", SHORT_S)
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    narrow.connect(("127.0.0.1", site.port))
    _, writer = await asyncio.open_connection(sock=narrow, limit=BUFFER_BYTES)
    sending = asyncio.create_task(_send_requests(writer))
    await eventually(lambda: site.server.server_state.connections)
    await eventually(lambda: not site.server.server_state.connections)
    sending.cancel()
    writer.close()
    assert await is_served(dial)


async def test_connections_beyond_the_limit_are_closed(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol.BoundedProtocol, "max_connections", 2)
    kept = [await dial(), await dial()]
    await asyncio.sleep(0.1)
    reader, _ = await dial()
    assert await ended(reader) == b""
    for kept_reader, writer in kept:
        writer.write(GET + b"\r\n")
        assert (await response(kept_reader))[0] == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n", 400),
        (GET + b"Host: y\r\n", 400),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n", 415),
    ],
)
async def test_ambiguous_and_encoded_requests_are_refused(dial: Dial, head: bytes, status: int) -> None:
    reader, writer = await dial()
    writer.write(head + b"\r\n{}")
    answered, headers, body = await response(reader)
    assert (answered, headers["content-type"], headers["connection"]) == (status, "application/json", "close")
    assert json.loads(body)["error"]["description"]


@pytest.mark.parametrize("path", [b"/", b"/nothing", b"/docs/start.js", b"/checkout.js", b"/api/v1/nothing"])
async def test_every_response_forbids_sniffing_and_asks_for_https_once(dial: Dial, path: bytes) -> None:
    reader, writer = await dial()
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head = (await ended(reader)).lower().split(b"\r\n\r\n")[0]
    assert head.count(b"x-content-type-options: nosniff") == 1
    assert head.count(b"strict-transport-security: max-age=31536000") == 1


@pytest.mark.parametrize(
    "path",
    [
        b"/api%2fv1/payments", b"/api/../health", b"/api/v1/%2e%2e/health", b"/api/..%2fhealth",
        b"/api/.%2E/x", b"/api/v1/..\\health",
    ],
)  # fmt: skip
@pytest.mark.parametrize("site", ["dashboard"], indirect=True)
async def test_a_path_that_leads_out_of_the_api_is_refused_by_the_proxy(dial: Dial, path: bytes) -> None:
    reader, writer = await dial()
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    status, headers, body = await response(reader)
    assert (status, headers["content-type"]) == (400, "application/json")
    assert json.loads(body)["error"]["code"] == "BAD_REQUEST_ERROR"


async def test_connections_are_told_to_close_before_the_server_leaves(dial: Dial, site: Site) -> None:
    reader, writer = await dial()
    writer.write(GET + b"\r\n")
    _, headers, _ = await response(reader)
    assert "connection" not in headers
    site.server.should_exit = True
    await asyncio.sleep(0.3)
    writer.write(GET + b"\r\n")
    status, headers, _ = await response(reader)
    assert (status, headers["connection"]) == (200, "close")
