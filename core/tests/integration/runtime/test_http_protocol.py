"""Over a real socket: what a client may hold, what is refused, and how the server stops."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from gateway_core.runtime import http_protocol
from gateway_core.runtime.http_protocol import BoundedProtocol
from gateway_core.runtime.serving import Server, listen, make_public_server
from gateway_core.testing.factories import DEADLINE_S, eventually

pytestmark = pytest.mark.integration

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
KEEP_ALIVE_S = 2.0
Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Application:
    """Reads the body when ``reads``, waits for ``release``, then answers 200 with the body's length, or ``content``.

    When ``outlasts``, it waits for its client to leave instead.
    """

    def __init__(self) -> None:
        self.reads = True
        self.outlasts = False
        self.content = b""
        self.running = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.release = asyncio.Event()
        self.release.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.running += 1
        self.headers = scope["headers"]
        try:
            length, more = 0, self.reads
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                length += len(message["body"])
                more = message["more_body"]
            while self.outlasts and (await receive())["type"] != "http.disconnect":
                pass
            await self.release.wait()
            body = self.content or b"%d" % length
            head = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": body})
        finally:
            self.running -= 1


@pytest.fixture
def application() -> Application:
    return Application()


@pytest_asyncio.fixture
async def server(application: Application, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT_S", 0.3)
    monkeypatch.setattr(http_protocol, "BODY_TIMEOUT_S", 0.5)
    listener = listen("127.0.0.1", 0)
    made = make_public_server(
        application, stop_timeout_s=5.0, keep_alive_s=KEEP_ALIVE_S, is_local=False, lifespan="on"
    )
    serving = asyncio.create_task(made.serve([listener]))
    while not made.started:
        await asyncio.sleep(0.01)
    yield made
    made.should_exit = True
    application.release.set()
    await serving


@pytest_asyncio.fixture
async def dial(server: Server) -> AsyncIterator[Dial]:
    """Opens connections to the server; they are closed after the test."""
    port = server.servers[0].sockets[0].getsockname()[1]
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        return reader, writer

    yield connect
    for writer in writers:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    async with asyncio.timeout(DEADLINE_S):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def closed(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(DEADLINE_S):
        try:
            return await reader.read() == b""
        except ConnectionResetError:
            return True


async def test_requests_are_served_one_after_another_on_a_connection(dial: Dial) -> None:
    reader, writer = await dial()
    for _ in range(3):
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        assert (await answer(reader))[::2] == (200, b"2")


async def test_requests_sent_ahead_are_answered_in_turn(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write((HEAD + b"Content-Length: 2\r\n\r\n{}") * 20)
    assert [(await answer(reader))[0] for _ in range(20)] == [200] * 20


async def test_many_requests_sent_ahead_are_answered_wherever_they_are_parted(dial: Dial) -> None:
    reader, writer = await dial()
    ahead = (HEAD + b"X-Long: " + b"x" * 1000 + b"\r\nContent-Length: 2\r\n\r\n{}") * 40
    for part in (ahead[:-2], ahead[-2:] + ahead[:-10], ahead[-10:]):
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.1)
    assert [(await answer(reader))[::2] for _ in range(80)] == [(200, b"2")] * 80


async def test_a_client_that_leaves_is_noticed_whatever_it_has_sent_ahead(
    dial: Dial, application: Application
) -> None:
    application.outlasts = True
    _, writer = await dial()
    writer.write((HEAD + b"Content-Length: 0\r\n\r\n") * 2)
    async with asyncio.timeout(DEADLINE_S):
        while not application.running:
            await asyncio.sleep(0.01)
        writer.transport.abort()
        while application.running:
            await asyncio.sleep(0.01)


async def test_white_space_around_a_headers_value_is_no_part_of_it(
    dial: Dial, application: Application
) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"X-Api-Key: \t key one\t \r\nX-Empty:  \r\nContent-Length: 2 \r\n\r\n{}")
    assert (await answer(reader))[::2] == (200, b"2")
    assert application.headers[1:] == [
        (b"x-api-key", b"key one"),
        (b"x-empty", b""),
        (b"content-length", b"2"),
    ]


@pytest.mark.parametrize("sent", [b"", b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"P"])
async def test_a_head_that_does_not_come_ends_the_connection(dial: Dial, sent: bytes) -> None:
    reader, writer = await dial()
    writer.write(sent)
    assert await closed(reader)


async def test_a_head_that_trickles_in_ends_the_connection_too(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(HEAD)
    ending = asyncio.create_task(closed(reader))
    for number in range(100):
        if ending.done():
            break
        writer.write(b"X-%d: y\r\n" % number)
        await asyncio.sleep(0.02)
    assert await ending


async def test_the_second_head_on_a_connection_is_bounded_too(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    await answer(reader)
    writer.write(HEAD)
    assert await closed(reader)


async def test_a_head_that_never_ends_is_refused(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"X-Long: " + b"x" * 400_000)
    status, headers, body = await answer(reader)
    assert (status, headers["connection"]) == (400, "close")
    assert json.loads(body)["error"]["description"] == "Request head is too large"


@pytest.mark.parametrize(
    "sent", [b"\x00\xff\x00\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET nowhere\r\n\r\n", b"\x16\x03\x01\x02"]
)
async def test_what_is_not_http_is_refused_in_the_contracts_shape(dial: Dial, sent: bytes) -> None:
    reader, writer = await dial()
    writer.write(sent)
    status, headers, body = await answer(reader)
    assert (status, headers["content-type"]) == (400, "application/json")
    assert json.loads(body)["error"]["code"] == "BAD_REQUEST_ERROR"


async def test_a_body_that_does_not_come_is_refused(dial: Dial, application: Application) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 10\r\n\r\n{")
    status, headers, _ = await answer(reader)
    assert (status, headers["connection"]) == (400, "close")
    assert await closed(reader)
    assert application.running == 0


async def test_a_body_that_nobody_reads_ends_the_connection(dial: Dial, application: Application) -> None:
    application.reads = False
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n{")
    assert (await answer(reader))[0] == 200
    assert await closed(reader)


async def test_endless_trailers_end_the_connection(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
    ending = asyncio.create_task(closed(reader))
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            writer.write(b"X-Trailer: " + b"y" * 60_000 + b"\r\n")
            await writer.drain()
    assert await ending or reader.at_eof()


async def test_one_connection_too_many_is_closed(dial: Dial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedProtocol, "max_connections", 2)
    kept = [await dial(), await dial()]
    await asyncio.sleep(0.05)
    reader, _ = await dial()
    assert await closed(reader)
    for kept_reader, writer in kept:
        writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
        assert (await answer(kept_reader))[0] == 200


async def test_a_client_that_hangs_up_while_sending_leaves_nothing_behind(
    dial: Dial, application: Application, server: Server
) -> None:
    for _ in range(5):
        _, writer = await dial()
        writer.write(HEAD + b"Content-Length: 10\r\n\r\n{")
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()
    async with asyncio.timeout(DEADLINE_S):
        while application.running or server.server_state.connections or server.server_state.tasks:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
async def test_a_client_that_does_not_read_is_cut_off(
    dial: Dial,
    application: Application,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    ending: bytes,
) -> None:
    monkeypatch.setattr(http_protocol, "TAKING_TIMEOUT_S", 0.2)
    application.content = b"x" * 20_000_000
    _, writer = await dial()
    writer.write((HEAD + ending + b"Content-Length: 0\r\n\r\n") * 3)
    async with asyncio.timeout(DEADLINE_S):
        while not application.headers:
            await asyncio.sleep(0.01)
        while application.running or server.server_state.connections or server.server_state.tasks:
            await asyncio.sleep(0.01)


async def test_a_client_that_reads_slowly_gets_everything(
    dial: Dial, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "TAKING_TIMEOUT_S", 0.01)
    monkeypatch.setattr(http_protocol, "MIN_TAKEN_BYTES", -1)
    application.content = b"x" * 20_000_000
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    await asyncio.sleep(0.2)
    assert (await answer(reader))[::2] == (200, application.content)


async def test_a_stop_waits_for_the_request_in_flight_and_takes_no_new_ones(
    dial: Dial, application: Application, server: Server
) -> None:
    application.release.clear()
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    async with asyncio.timeout(DEADLINE_S):
        while not application.running:
            await asyncio.sleep(0.01)
    server.should_exit = True
    await asyncio.sleep(0.3)
    with pytest.raises(OSError):  # noqa: PT011
        await dial()
    application.release.set()
    assert (await answer(reader))[0] == 200


@pytest.mark.parametrize(
    ("head", "status", "code", "named"),
    [
        (b"GET / HTTP/1.1\r\n", 400, "BAD_REQUEST_ERROR", "Host"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400, "BAD_REQUEST_ERROR", "Host"),
        (b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n", 400, "BAD_REQUEST_ERROR", "Host"),
        (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n", 415, "UNSUPPORTED_MEDIA_TYPE", "Content-"),
        (HEAD + b"Content-Encoding: identity\r\nContent-Encoding: br\r\n", 415, "UNSUPPORTED_MEDIA_TYPE", "Content-"),
    ],
)  # fmt: skip
async def test_ambiguous_and_encoded_requests_are_refused(
    dial: Dial, application: Application, head: bytes, status: int, code: str, named: str
) -> None:
    reader, writer = await dial()
    writer.write(head + b"\r\n{}")
    answered, headers, body = await answer(reader)
    assert (answered, headers["connection"], headers["x-content-type-options"]) == (
        status,
        "close",
        "nosniff",
    )
    error = json.loads(body)["error"]
    assert error["code"] == code
    assert named in error["description"]
    assert await closed(reader)
    assert application.headers == []


async def test_http_1_0_needs_no_host(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    assert (await answer(reader))[0] == 200


async def test_a_refusal_is_not_taken_for_the_response_to_an_earlier_request(
    dial: Dial, application: Application
) -> None:
    application.release.clear()
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    await eventually(lambda: application.running)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await closed(reader)


@pytest.mark.parametrize("is_local", [False, True])
async def test_browsers_are_told_not_to_sniff_and_in_production_to_use_https(
    application: Application, *, is_local: bool
) -> None:
    made = make_public_server(application, stop_timeout_s=5.0, keep_alive_s=5, is_local=is_local)
    serving = asyncio.create_task(made.serve([listen("127.0.0.1", 0)]))
    await eventually(lambda: made.started)
    port = made.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD + b"Connection: close\r\nContent-Length: 0\r\n\r\n")
    _, headers, _ = await answer(reader)
    writer.close()
    made.should_exit = True
    await serving
    assert headers["x-content-type-options"] == "nosniff"
    assert headers.get("strict-transport-security") == (None if is_local else "max-age=31536000")


async def test_no_request_on_a_young_idle_connection_is_lost(dial: Dial) -> None:
    """``KEEP_ALIVE_S`` stands for 75 s: requests up to 70/75 of it later are answered, on 200 connections."""

    async def reuse(idle_s: float) -> int:
        reader, writer = await dial()
        statuses = []
        for wait_s in (0.0, idle_s, idle_s):
            await asyncio.sleep(wait_s)
            writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
            statuses.append((await answer(reader))[0])
        return statuses.count(200)

    youngest = [KEEP_ALIVE_S * 0.6 * number / 200 for number in range(200)]
    assert await asyncio.gather(*(reuse(idle_s) for idle_s in youngest)) == [3] * 200


async def test_an_idle_connection_is_closed_in_the_end(dial: Dial) -> None:
    reader, writer = await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    await answer(reader)
    assert await closed(reader)


async def test_a_stop_loses_no_request_on_connections_that_are_kept_alive(dial: Dial, server: Server) -> None:
    """Clients that send one request after another until the server tells them to close."""

    async def send_until_told_to_close() -> bool:
        reader, writer = await dial()
        while True:
            writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
            status, headers, _ = await answer(reader)
            assert status == 200
            if headers.get("connection") == "close":
                return await closed(reader)
            await asyncio.sleep(0.05)

    clients = [asyncio.create_task(send_until_told_to_close()) for _ in range(50)]
    await asyncio.sleep(0.2)
    server.should_exit = True
    assert await asyncio.gather(*clients) == [True] * 50


async def test_a_stop_closes_connections_that_stay_idle(dial: Dial, server: Server) -> None:
    unused, (used, writer) = await dial(), await dial()
    writer.write(HEAD + b"Content-Length: 0\r\n\r\n")
    await answer(used)
    server.should_exit = True
    assert await closed(used)
    assert await closed(unused[0])
