"""A failed TLS connection says why: the merchant has to mend the certificate or the server, not guess."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.testing.raw_server import serving
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.sender import Sender
from webhook_dispatcher.stages import Prepared

pytestmark = pytest.mark.integration

TIMEOUT_S = 30.0
DAY = timedelta(days=1)


class Authority:
    """Issues certificates for ``localhost``; its own is in ``folder / "ca.pem"``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = named("authority")
        self.file = folder / "ca.pem"
        self.file.write_bytes(pem(self._certificate("authority", self._key, timedelta(0), is_ca=True)))

    def issue(self, host: str = "localhost", *, age: timedelta = timedelta(0)) -> Path:
        """Key and certificate in one file; the certificate is valid for two days that began ``age`` ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / f"{host}{age.days}.pem"
        path.write_bytes(private + pem(self._certificate(host, key, age)))
        return path

    def _certificate(
        self, host: str, key: ec.EllipticCurvePrivateKey, age: timedelta, *, is_ca: bool = False
    ) -> x509.Certificate:
        start = datetime.now(UTC) - DAY - age
        return (
            x509.CertificateBuilder()
            .subject_name(named(host))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + 2 * DAY)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest_asyncio.fixture
async def sender(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sender]:
    """One that trusts ``authority``."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    made = Sender(timeout_s=TIMEOUT_S, allow_private=True, max_connections=10)
    yield made
    await made.aclose()


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def outcome_at(sender: Sender, context: ssl.SSLContext) -> AttemptOutcome:
    """Of a request to a server with this context, which answers 200."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with serving(serve, context) as url:
        secure = url.replace("http://127.0.0.1", "https://localhost")
        return (await sender.send(Prepared(secure, {}, b"{}", datetime.now(UTC)))).outcome


async def outcome_of_refusal(sender: Sender, context: ssl.SSLContext) -> AttemptOutcome:
    """Of a request to a server that sends an alert during the handshake, which servers of asyncio do not."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            with server.accept()[0] as connection, contextlib.suppress(OSError):
                context.wrap_socket(connection, server_side=True)

        url = f"https://localhost:{server.getsockname()[1]}/"
        _, sent = await asyncio.gather(
            asyncio.to_thread(refuse), sender.send(Prepared(url, {}, b"{}", datetime.now(UTC)))
        )
        return sent.outcome


async def test_a_trusted_certificate_is_accepted(sender: Sender, authority: Authority) -> None:
    assert await outcome_at(sender, server_context(authority.issue())) == AttemptOutcome(200)


@pytest.mark.parametrize("age", [7 * DAY, -7 * DAY], ids=["expired", "not yet valid"])
async def test_a_certificate_out_of_its_dates(sender: Sender, authority: Authority, age: timedelta) -> None:
    outcome = await outcome_at(sender, server_context(authority.issue(age=age)))
    assert outcome == AttemptOutcome(error=AttemptError.TLS_EXPIRED)


async def test_a_certificate_of_another_name(sender: Sender, authority: Authority) -> None:
    outcome = await outcome_at(sender, server_context(authority.issue("merchant.example")))
    assert outcome == AttemptOutcome(error=AttemptError.TLS_NAME)


async def test_a_certificate_of_an_unknown_authority(sender: Sender, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    outcome = await outcome_at(sender, server_context(Authority(tmp_path / "other").issue()))
    assert outcome == AttemptOutcome(error=AttemptError.TLS_UNTRUSTED)


@pytest.mark.parametrize(
    ("version", "error"),
    [
        (ssl.TLSVersion.TLSv1_3, AttemptError.TLS_CLIENT_CERTIFICATE),
        (ssl.TLSVersion.TLSv1_2, AttemptError.TLS_PROTOCOL),  # whose alert says no more than that it failed
    ],
)
async def test_a_server_that_wants_a_client_certificate(
    sender: Sender, authority: Authority, version: ssl.TLSVersion, error: AttemptError
) -> None:
    context = server_context(authority.issue())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    context.minimum_version = context.maximum_version = version
    assert await outcome_of_refusal(sender, context) == AttemptOutcome(error=error)


async def test_a_server_without_a_common_cipher(sender: Sender, authority: Authority) -> None:
    context = server_context(authority.issue())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # the certificate has no RSA key
    assert await outcome_of_refusal(sender, context) == AttemptOutcome(error=AttemptError.TLS_PROTOCOL)


async def test_plain_http_behind_https(sender: Sender, receiver: Receiver) -> None:
    sent = await sender.send(Prepared(f"https://127.0.0.1:{receiver.port}/", {}, b"{}", datetime.now(UTC)))
    assert sent.outcome == AttemptOutcome(error=AttemptError.TLS_PROTOCOL)
    assert receiver.total == 0
