"""What a merchant must not reach through the gateway, in every spelling: refused before a socket exists."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.connector import current_attempt
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.stages import Prepared

pytestmark = pytest.mark.integration

REFUSED = frozenset({AttemptError.BLOCKED_ADDRESS, AttemptError.INVALID_URL, AttemptError.DNS})

LOOPBACK = [
    *(
        "127.0.0.1",
        "127.0.0.1.",
        "127.8.8.8",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0.0.1",
    ),
    *("0177.0.0.1", "017700000001", "00000177.0.0.1", "127.0.0.01", "localhost", "LOCALHOST", "localhost."),
    *(
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ),
    *("[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]"),
]
OTHERS = [
    *(
        "0",
        "0.0.0.0",
        "[::]",
        "[::ffff:0:0]",
        "10.0.0.1",
        "10.1",
        "0xa000001",
        "012.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
    ),
    *(
        "192.168.257",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "169.254.43518",
        "[::ffff:169.254.169.254]",
    ),
    *("[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16"),
    *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1"),
    *("[fc00::1]", "[fe80::1]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[64:ff9b:1::1]", "[100::1]"),
]


async def refusal(sender: Sender, url: str) -> AttemptOutcome:
    sent = await sender.send(Prepared(url, {}, b"{}", datetime.now(UTC)))
    assert not current_attempt.get().opened, "a socket was opened"
    return sent.outcome


async def test_every_spelling_is_refused_in_production_without_a_socket(receiver: Receiver) -> None:
    sender = Sender(timeout_s=5, allow_private=False, max_connections=10)
    for host in [*LOOPBACK, *OTHERS]:
        outcome = await refusal(sender, f"http://{host}:{receiver.port}/hook")
        assert outcome.error in REFUSED, f"{host}: {outcome}"
    await sender.aclose()
    assert receiver.total == 0


@pytest.mark.parametrize("host", ["localhost", "0x7f000001", "127.0.0.1", "[::1]", "169.254.169.254"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_refusal_says_so(scheme: str, host: str) -> None:
    sender = Sender(timeout_s=5, allow_private=False, max_connections=10)
    assert (await refusal(sender, f"{scheme}://{host}/")).error is AttemptError.BLOCKED_ADDRESS
    await sender.aclose()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]"])
async def test_a_local_evaluation_reaches_its_own_machine(receiver: Receiver, host: str) -> None:
    sender = Sender(timeout_s=5, allow_private=True, max_connections=10)
    sent = await sender.send(Prepared(f"http://{host}:{receiver.port}/", {}, b"{}", datetime.now(UTC)))
    await sender.aclose()
    assert sent.outcome == AttemptOutcome(200)


@pytest.mark.parametrize("host", ["0.0.0.0", "169.254.169.254", "[::]", "[fe80::1]", "224.0.0.1"])
async def test_even_a_local_evaluation_reaches_no_more_than_that(receiver: Receiver, host: str) -> None:
    sender = Sender(timeout_s=5, allow_private=True, max_connections=10)
    assert (await refusal(sender, f"http://{host}:{receiver.port}/")).error is AttemptError.BLOCKED_ADDRESS
    await sender.aclose()


async def test_a_redirect_into_the_network_is_not_followed(receiver: Receiver) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 307 Go\r\nLocation: {receiver.url()}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    sender = Sender(timeout_s=5, allow_private=True, max_connections=10)
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        sent = await sender.send(Prepared(f"http://127.0.0.1:{port}/", {}, b"{}", datetime.now(UTC)))
    await sender.aclose()
    assert sent.outcome == AttemptOutcome(307, AttemptError.REDIRECT)
    assert receiver.total == 0
