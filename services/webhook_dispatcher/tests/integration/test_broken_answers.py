"""The sender against receivers whose answers break the rules of HTTP, or never end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.testing.answers import Answer, garbage
from gateway_core.testing.raw_server import serving
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.stages import Prepared

pytestmark = pytest.mark.integration

TIMEOUT_S = 10.0


def prepared(url: str) -> Prepared:
    return Prepared(url, {}, b"{}", datetime.now(UTC))


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[Sender]:
    made = Sender(timeout_s=TIMEOUT_S, allow_private=True, max_connections=10)
    yield made
    await made.aclose()


BROKEN_FRAMING = [
    (b"204 No Content\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    (b"204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "2\r\nok\r\n0\r\n\r\n"),
    (b"200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nok", "ok"),
    (b"200 OK\r\nContent-Length: -2\r\n\r\nok", "ok"),
    (b"200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nok", "ok"),
    (b"200 OK\r\nContent-Length: 2\r\n\r\nok and more", "ok and more"),
    (b"200 OK\r\nContent-Length: 100\r\n\r\npart", "part"),
    (b"200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nok", "ok"),
    (b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok", "zz\r\nok"),
    (b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npart", "part"),
    (b"102 Wait\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\nx", "x"),
    (b"500 Oh\r\nContent-Length: no\r\n\r\nwhy", "why"),
]


@pytest.mark.parametrize(("answer", "body"), BROKEN_FRAMING)
async def test_the_status_counts_whatever_is_wrong_with_the_body(
    sender: Sender, receiver: Receiver, answer: bytes, body: str
) -> None:
    receiver.script(garbage(b"HTTP/1.1 " + answer))
    sent = await sender.send(prepared(receiver.url()))
    status = int(answer.removeprefix(b"102 Wait\r\n\r\nHTTP/1.1 ")[:3])
    assert (sent.outcome, sent.response_body) == (AttemptOutcome(status), body)
    assert sent.response_headers
    assert (await sender.send(prepared(receiver.url()))).outcome == AttemptOutcome(200)


async def test_the_status_counts_of_a_receiver_that_responds_before_it_has_read(sender: Sender) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 " + BROKEN_FRAMING[0][0])
        await reader.readuntil(b"\r\n\r\n")

    async with serving(serve) as url:
        assert (await sender.send(prepared(url))).outcome == AttemptOutcome(204)


@pytest.mark.parametrize(
    ("beginning", "endless", "outcome"),
    [
        (b"", b"HTTP/1.1 102 Wait\r\n\r\n", AttemptOutcome(error=AttemptError.TOO_LARGE)),
        (b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n", AttemptOutcome(200)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"extension", AttemptOutcome(200)),
    ],
    ids=["interim", "headers", "around the body"],
)
async def test_endless_responses_are_disconnected(
    sender: Sender, beginning: bytes, endless: bytes, outcome: AttemptOutcome
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(beginning)
        while True:
            writer.write(endless * 4000)
            await writer.drain()

    async with serving(serve) as url:
        sent = await sender.send(prepared(url))
        assert sent.outcome == outcome
        assert sent.duration_ms < TIMEOUT_S * 1000


@pytest.mark.parametrize("answer", [garbage(), garbage(b"SSH-2.0-OpenSSH_9.2\r\n"), garbage(b"\r\n\r\n\0\0")])
async def test_garbage_is_an_invalid_response(sender: Sender, receiver: Receiver, answer: Answer) -> None:
    receiver.script(answer)
    sent = await sender.send(prepared(receiver.url()))
    assert sent.outcome.error in (AttemptError.INVALID_RESPONSE, AttemptError.CONNECTION_RESET)
    assert receiver.total == 1


@pytest.mark.parametrize(
    "head",
    [
        b"X-Long: " + b"x" * 9_000 + b"\r\n\r\n",
        b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"".join(b"X-%d: y\r\n" % n for n in range(129)) + b"\r\n",
        b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\n",
        b"X-Half: ",
        b"no colon\r\n\r\n",
    ],
    ids=["long", "endless", "many", "very many", "cut off", "malformed"],
)
async def test_the_status_counts_whatever_is_wrong_with_the_headers(
    sender: Sender, receiver: Receiver, head: bytes
) -> None:
    receiver.script(garbage(b"HTTP/1.1 200 OK\r\n" + head), garbage(b"HTTP/1.1 500 Oh\r\n" + head))
    outcomes = [(await sender.send(prepared(receiver.url()))).outcome for _ in range(2)]
    assert outcomes == [AttemptOutcome(200), AttemptOutcome(500)]
    assert receiver.total == 2
