"""The sender against receivers that answer well, badly, slowly, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import resource
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.testing.answers import Answer, hang, huge, redirect, reset, respond, slow_body
from gateway_core.testing.factories import DEADLINE_S, free_port
from gateway_core.testing.raw_server import serving
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.connector import ConnectionAttempt, WebhookConnector, current_attempt
from webhook_dispatcher.headers import MAX_HEADER_BYTES, MAX_HEADERS
from webhook_dispatcher.resolver import Resolver
from webhook_dispatcher.sender import MAX_STORED_BYTES, Sender
from webhook_dispatcher.stages import Fault, OurFault, Prepared

pytestmark = pytest.mark.integration

TIMEOUT_S = 1.0
BODY = '{"event":"webhook.test","data":{"note":"₹ 🙂"}}'.encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def prepared(url: str, body: bytes = BODY) -> Prepared:
    return Prepared(url, {"Content-Type": "application/json", "X-Any": "1"}, body, datetime.now(UTC))


@asynccontextmanager
async def opened(*, allow_private: bool = True, timeout_s: float = TIMEOUT_S) -> AsyncIterator[Sender]:
    sender = Sender(timeout_s=timeout_s, allow_private=allow_private, max_connections=100)
    yield sender
    await sender.aclose()


@pytest_asyncio.fixture
async def sender() -> AsyncIterator[Sender]:
    async with opened() as made:
        yield made


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(len(BODY))


async def test_the_exact_bytes_arrive_with_the_headers(sender: Sender, receiver: Receiver) -> None:
    receiver.script(respond(201, body="gut ₹".encode()))
    sent = await sender.send(prepared(receiver.url("/webhook")))
    assert sent.outcome == AttemptOutcome(201)
    assert sent.response_body == "gut ₹"
    (request,) = receiver.requests
    assert (request.method, request.body) == ("POST", BODY)
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Any"] == "1"
    assert request.headers["Accept-Encoding"] == "identity"


async def test_the_response_headers_are_kept(sender: Sender, receiver: Receiver) -> None:
    receiver.script(respond(500, headers={"X-Request-ID": "7", "Server": "nginx"}))
    sent = await sender.send(prepared(receiver.url()))
    assert sent.response_headers is not None
    assert (sent.response_headers["x-request-id"], sent.response_headers["server"]) == ("7", "nginx")


async def test_headers_that_came_before_the_deadline_are_kept(sender: Sender, receiver: Receiver) -> None:
    receiver.script(slow_body(chunks=1000, every_s=0.05), hang())
    trickled, hung = [await sender.send(prepared(receiver.url())) for _ in range(2)]
    assert trickled.response_headers is not None
    assert trickled.response_headers["content-length"] == "1000"
    assert (hung.response_headers, hung.outcome.error) == (None, AttemptError.TIMEOUT)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("X: कॉफ़ी ☕".encode(), "कॉफ़ी ☕"),
        (b"X: caf\xe9 \xff\xfe", "caf\ufffd \ufffd\ufffd"),
        (b"X: \xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"X: left\xe2\x80\xaeright", "left\ufffdright"),
        (b"X: a\r\nX: b", "a, b"),
        (b"X:", ""),
        (b'X: <img src=x onerror=alert(1)>"', '<img src=x onerror=alert(1)>"'),
    ],
)
async def test_headers_of_any_bytes_become_text_that_can_be_stored(
    sender: Sender, line: bytes, kept: str
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + line + b"\r\n\r\nok")
        await writer.drain()

    async with serving(serve) as url:
        sent = await sender.send(prepared(url))
    assert sent.outcome == AttemptOutcome(200)
    assert sent.response_headers is not None
    assert sent.response_headers["x"] == kept


async def test_very_many_headers_are_bounded(sender: Sender) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"v" * 200) for number in range(100))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + lines + b"\r\nok")
        await writer.drain()

    async with serving(serve) as url:
        sent = await sender.send(prepared(url))
    kept = sent.response_headers
    assert sent.outcome == AttemptOutcome(200)
    assert kept is not None
    assert len(kept) <= MAX_HEADERS
    assert sum(len(name) + len(value.encode()) for name, value in kept.items()) <= MAX_HEADER_BYTES


async def test_an_empty_response_is_an_empty_text(sender: Sender, receiver: Receiver) -> None:
    receiver.script(204)
    assert (await sender.send(prepared(receiver.url()))).response_body == ""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(sender: Sender, receiver: Receiver, status: int) -> None:
    receiver.script(redirect(receiver.url("/elsewhere"), status))
    sent = await sender.send(prepared(receiver.url()))
    assert sent.outcome == AttemptOutcome(status, AttemptError.REDIRECT)
    assert [request.path for request in receiver.requests] == ["/webhook"]


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
async def test_an_error_status_is_no_error_of_the_connection(
    sender: Sender, receiver: Receiver, status: int
) -> None:
    receiver.script(respond(status, body=b"no"))
    sent = await sender.send(prepared(receiver.url()))
    assert (sent.outcome, sent.response_body) == (AttemptOutcome(status), "no")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (hang(), AttemptOutcome(error=AttemptError.TIMEOUT)),
        (slow_body(chunks=1000, every_s=0.05), AttemptOutcome(200)),
    ],
    ids=["hang", "trickle"],
)
async def test_the_deadline_is_for_the_whole_attempt(
    sender: Sender, receiver: Receiver, answer: Answer, outcome: AttemptOutcome
) -> None:
    receiver.script(answer)
    sent = await sender.send(prepared(receiver.url()))
    assert sent.outcome == outcome
    assert TIMEOUT_S * 1000 <= sent.duration_ms < TIMEOUT_S * 3000


async def test_a_receiver_that_never_accepts_runs_into_the_deadline(sender: Sender) -> None:
    with socket.socket() as listening, contextlib.ExitStack() as stack:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(2):  # fills the backlog: later connections get no answer at all
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        sent = await sender.send(prepared(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
    assert sent.outcome == AttemptOutcome(error=AttemptError.TIMEOUT)
    assert sent.response_body is None


async def test_endless_interim_responses_run_into_the_deadline(sender: Sender) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        while True:
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(serve) as url:
        assert (await sender.send(prepared(url))).outcome == AttemptOutcome(error=AttemptError.TIMEOUT)


async def test_a_huge_response_is_cut_short(receiver: Receiver) -> None:
    receiver.script(huge(1 << 30))
    async with opened(timeout_s=10) as patient:
        sent = await patient.send(prepared(receiver.url()))
    assert sent.outcome == AttemptOutcome(200)
    assert sent.response_body == "x" * MAX_STORED_BYTES
    assert sent.duration_ms < 2000


async def test_a_compressed_response_is_not_inflated(sender: Sender, receiver: Receiver) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    receiver.script(respond(200, body=bomb, headers={"Content-Encoding": "gzip"}))
    sent = await sender.send(prepared(receiver.url()))
    assert sent.outcome == AttemptOutcome(200)
    assert sent.response_body is not None
    assert sent.response_body.startswith("\x1f\ufffd")
    assert len(sent.response_body.encode()) <= MAX_STORED_BYTES


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"a\0b\0", "ab"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("₹".encode() * 5000, "₹" * (MAX_STORED_BYTES // 3)),
        (b"\xff" * 16_000, "\ufffd" * (MAX_STORED_BYTES // 3)),
    ],
)
async def test_the_stored_text_is_bounded_and_fit_for_postgresql(
    sender: Sender, receiver: Receiver, body: bytes, text: str
) -> None:
    receiver.script(respond(200, body=body))
    assert (await sender.send(prepared(receiver.url()))).response_body == text


async def test_a_reset_is_one_failed_attempt(sender: Sender, receiver: Receiver) -> None:
    receiver.script(reset())
    sent = await sender.send(prepared(receiver.url()))
    assert sent.outcome == AttemptOutcome(error=AttemptError.CONNECTION_RESET)
    assert receiver.total == 1


async def test_a_closed_port_is_a_refused_connection(sender: Sender) -> None:
    sent = await sender.send(prepared(f"http://127.0.0.1:{free_port()}/"))
    assert sent.outcome == AttemptOutcome(error=AttemptError.CONNECTION_REFUSED)


async def test_an_unknown_name_is_a_dns_error() -> None:
    async with opened(timeout_s=2 * DEADLINE_S) as patient:
        sent = await patient.send(prepared("http://no-such-host.invalid/"))
    assert sent.outcome == AttemptOutcome(error=AttemptError.DNS)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_responses_are_tapped_on_any_event_loop(
    new_loop: Callable[[], asyncio.AbstractEventLoop], scheme: str, tmp_path: Path
) -> None:
    certificate = _self_signed(tmp_path / "localhost.pem")
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(certificate)
    faulty = b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for response in (OK, faulty):
            await read_request(reader)
            writer.write(response)

    async def post_twice() -> list[tuple[bool, int | None]]:
        resolver, seen = Resolver(), []
        connector = WebhookConnector(
            resolver,
            allow_private=True,
            ssl=ssl.create_default_context(cafile=str(certificate)),
        )
        async with (
            serving(serve, server_side if scheme == "https" else None) as at,
            aiohttp.ClientSession(connector=connector) as session,
        ):
            url = at.replace("http://127.0.0.1", f"{scheme}://localhost")
            for _ in range(2):
                attempt = ConnectionAttempt()
                current_attempt.set(attempt)
                with contextlib.suppress(aiohttp.ClientError):
                    await (await session.post(url, data=BODY)).read()
                head = attempt.response.head()
                seen.append((attempt.opened, None if head is None else head.status))
        await resolver.close()
        return seen

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(post_twice()) == [(True, 200), (False, 204)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "merchant.example",
        "ftp://127.0.0.1/",
        "http://",
        "http://a b/",
        "http://user:pass@127.0.0.1/",
        "http://[::1/",
    ],
)
async def test_an_invalid_stored_url_is_not_used(sender: Sender, url: str) -> None:
    assert (await sender.send(prepared(url))).outcome == AttemptOutcome(error=AttemptError.INVALID_URL)


async def test_cookies_and_proxies_are_ignored(
    sender: Sender, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    receiver.script(respond(200, headers={"Set-Cookie": "session=1"}))
    for _ in range(2):
        assert (await sender.send(prepared(receiver.url()))).outcome.succeeded
    assert "Cookie" not in receiver.requests[1].headers


async def test_connections_are_kept_alive(sender: Sender) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await read_request(reader)
            writer.write(OK)

    async with serving(serve) as url:
        for _ in range(5):
            assert (await sender.send(prepared(url))).outcome.succeeded
        assert connections == 1


async def test_unsolicited_bytes_are_not_the_next_response(sender: Sender) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(OK.replace(b"200", b"500"))
        await reader.read()

    async with serving(serve) as url:
        assert (await sender.send(prepared(url))).outcome == AttemptOutcome(200)
        await asyncio.sleep(0.2)
        assert (await sender.send(prepared(url))).outcome == AttemptOutcome(200)
        assert connections == 2


async def test_a_connection_that_the_receiver_has_ended_is_not_used_again(sender: Sender) -> None:
    """Not even in the moment in which the end has arrived at this machine, but not at the client."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        writer.write(OK)

    async with serving(serve) as url:
        for _ in range(20):
            assert (await sender.send(prepared(url))).outcome == AttemptOutcome(200)
        assert requests == 20


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.", b"HTTP/1.1 102 Wait\r\n\r\n"])
async def test_a_request_that_may_have_been_read_is_not_repeated(sender: Sender, answer: bytes) -> None:
    """Whether its connection was new or kept alive: the attempt goes on record, and the schedule repeats it."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        await read_request(reader)
        requests += 1
        writer.write(OK)
        await read_request(reader)
        requests += 1
        writer.write(answer)
        await writer.drain()
        linger = struct.pack("ii", 1, 0)  # the close is a reset
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with serving(serve) as url:
        outcomes = [(await sender.send(prepared(url))).outcome for _ in range(2)]
        assert outcomes == [AttemptOutcome(200), AttemptOutcome(error=AttemptError.CONNECTION_RESET)]
        assert requests == 2


async def test_a_connection_that_ends_after_the_status_line_is_a_response(sender: Sender) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nX-Half: ")
        await writer.drain()

    async with serving(serve) as url:
        assert [(await sender.send(prepared(url))).outcome for _ in range(2)] == [AttemptOutcome(200)] * 2


async def test_a_response_in_pieces_is_stored_whole() -> None:
    pieces = [b"one ", b"two ", b"three"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % sum(map(len, pieces)))
        for piece in pieces:
            await asyncio.sleep(0.1)  # so that each is a read of its own
            writer.write(piece)
            await writer.drain()

    async with opened(timeout_s=DEADLINE_S) as patient, serving(serve) as url:
        assert (await patient.send(prepared(url))).response_body == "one two three"


async def test_stopping_ends_what_hangs_uncounted(receiver: Receiver) -> None:
    receiver.script(hang())
    async with opened(timeout_s=2 * DEADLINE_S) as patient:
        hanging = asyncio.create_task(patient.send(prepared(receiver.url())))
        await receiver.wait_for(1)
        patient.stop(0.2)
        with pytest.raises(OurFault) as raised:
            await asyncio.wait_for(hanging, DEADLINE_S)
    assert raised.value.fault is Fault.STOPPING


async def test_stopping_lets_responses_in_time_count(receiver: Receiver) -> None:
    receiver.script(respond(200, delay_s=0.3))
    async with opened(timeout_s=2 * DEADLINE_S) as patient:
        slow = asyncio.create_task(patient.send(prepared(receiver.url())))
        await receiver.wait_for(1)
        patient.stop(5)
        assert (await slow).outcome.succeeded


async def test_a_timeout_before_the_stop_is_still_a_timeout(sender: Sender, receiver: Receiver) -> None:
    receiver.script(hang())
    hanging = asyncio.create_task(sender.send(prepared(receiver.url())))
    await receiver.wait_for(1)
    sender.stop(10)
    assert (await hanging).outcome == AttemptOutcome(error=AttemptError.TIMEOUT)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_machine_without_sockets_is_our_fault(sender: Sender, receiver: Receiver, host: str) -> None:
    """The look-up of a name needs one as well."""
    with _no_free_descriptor(), pytest.raises(OurFault) as raised:
        await sender.send(prepared(receiver.url().replace("127.0.0.1", host)))
    assert raised.value.fault is Fault.NO_SOCKET
    assert (await sender.send(prepared(receiver.url()))).outcome.succeeded


@contextlib.contextmanager
def _no_free_descriptor() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as probe:
        resource.setrlimit(resource.RLIMIT_NOFILE, (probe.fileno() + 1, hard))
        try:
            with contextlib.ExitStack() as holes:  # descriptors below the limit that happen to be free
                with contextlib.suppress(OSError):
                    while True:
                        holes.enter_context(socket.socket())
                yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _self_signed(path: Path) -> Path:
    """Key and certificate of ``localhost``, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
