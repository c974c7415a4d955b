"""Addresses that a merchant must not reach through the gateway are refused before a socket is opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.testing.raw_server import serving
from gateway_core.testing.receiver import Receiver
from gateway_core.testing.special_addresses import BLOCKED, PRIVATE
from webhook_dispatcher.connector import current_attempt
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.stages import Prepared

pytestmark = pytest.mark.integration

REFUSED = frozenset({AttemptError.BLOCKED_ADDRESS, AttemptError.INVALID_URL, AttemptError.DNS})
SPELLINGS = (
    *("127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7F.0.0.1", "0177.0.0.1"),
    *("017700000001", "00000177.0.0.1", "127.0.0.01", "localhost", "LOCALHOST", "localhost."),
    *("[0:0:0:0:0:0:0:1]", "[64:ff9b::127.0.0.1]", "0", "10.1", "0xa000001", "012.0.0.1", "192.168.257"),
    *("0xa9fea9fe", "2852039166", "169.254.43518"),
)


@asynccontextmanager
async def opened(*, allow_private: bool) -> AsyncIterator[Sender]:
    sender = Sender(timeout_s=5, allow_private=allow_private, max_connections=10)
    yield sender
    await sender.aclose()


async def refusal(sender: Sender, url: str) -> AttemptOutcome:
    sent = await sender.send(Prepared(url, {}, b"{}", datetime.now(UTC)))
    assert not current_attempt.get().opened, "a socket was opened"
    return sent.outcome


async def test_every_spelling_is_refused_in_production_without_a_socket(receiver: Receiver) -> None:
    special = [f"[{each}]" if ":" in each else each for each in (*PRIVATE, *BLOCKED)]
    async with opened(allow_private=False) as sender:
        for host in [*SPELLINGS, *special]:
            outcome = await refusal(sender, f"http://{host}:{receiver.port}/hook")
            assert outcome.error in REFUSED, f"{host}: {outcome}"
    assert receiver.total == 0


@pytest.mark.parametrize(
    ("allow_private", "host"),
    [
        *((False, host) for host in ("localhost", "0x7f000001", "127.0.0.1", "[::1]", "169.254.169.254")),
        *((True, host) for host in ("0.0.0.0", "169.254.169.254", "[::]", "[fe80::1]", "224.0.0.1")),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_attempt_records_that_the_address_is_blocked(
    allow_private: bool, scheme: str, host: str
) -> None:
    async with opened(allow_private=allow_private) as sender:
        assert (await refusal(sender, f"{scheme}://{host}/")).error is AttemptError.BLOCKED_ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]"])
async def test_a_local_evaluation_reaches_its_own_machine(receiver: Receiver, host: str) -> None:
    async with opened(allow_private=True) as sender:
        sent = await sender.send(Prepared(f"http://{host}:{receiver.port}/", {}, b"{}", datetime.now(UTC)))
    assert sent.outcome == AttemptOutcome(200)


async def test_a_redirect_into_the_network_is_not_followed(receiver: Receiver) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 307 Go\r\nLocation: {receiver.url()}\r\nContent-Length: 0\r\n\r\n".encode())

    async with opened(allow_private=True) as sender, serving(serve) as url:
        sent = await sender.send(Prepared(url, {}, b"{}", datetime.now(UTC)))
    assert sent.outcome == AttemptOutcome(307, AttemptError.REDIRECT)
    assert receiver.total == 0
