"""The POST itself; with ``connector`` the only module of the dispatcher that knows the HTTP client."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from errno import ECONNABORTED, ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT
from functools import lru_cache
from typing import Final

import aiohttp
from yarl import URL

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.domain.errors import GatewayError
from gateway_core.domain.webhook_url import check_url
from webhook_dispatcher import metrics
from webhook_dispatcher.connector import NO_SOCKET, ConnectionAttempt, WebhookConnector, current_attempt
from webhook_dispatcher.headers import kept_headers
from webhook_dispatcher.resolver import Resolver
from webhook_dispatcher.response_tap import MAX_HEAD_BYTES, ResponseTap
from webhook_dispatcher.stages import Fault, OurFault, Prepared, Sent

MAX_READ_BYTES: Final = 16 * 1024
MAX_STORED_BYTES: Final = 8 * 1024
CHECKED_URLS: Final = 1024


@lru_cache(maxsize=CHECKED_URLS)
def _verbatim(url: str) -> URL:
    """``url`` as the HTTP client requests it byte for byte; raises GatewayError.

    A URL stored long ago may not pass today's rules. Path and query stand together where the client looks for the path:
    taken apart they would lose a `?` at the end.
    """
    scheme, _, rest = check_url(url).partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    target = rest[len(authority) :]
    return URL.build(
        scheme=scheme.lower(),
        authority=authority,
        path=target if target.startswith("/") else f"/{target}",
        encoded=True,
    )


_NO_CLIENT_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


@dataclass(slots=True)
class _Exchange:
    """The response so far; whatever ends the request, this much is recorded."""

    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytearray = field(default_factory=bytearray)

    def take(self, tap: ResponseTap) -> None:
        """Fill in what the tap saw if the client refused the response as a whole."""
        if self.status is None and (head := tap.head()) is not None:
            self.status, self.headers = head.status, kept_headers(head.headers)
            self.body += head.rest[:MAX_READ_BYTES]


class Sender:
    """POSTs to merchants over kept-alive connections, each within ``timeout_s`` in all.

    No redirects, cookies, proxies or decompression. Must be made inside the running event loop.
    """

    def __init__(self, *, timeout_s: float, allow_private: bool, max_connections: int) -> None:
        self._timeout_s = timeout_s
        self._ends_at_s = float("inf")
        self._deadlines: set[asyncio.Timeout] = set()
        self._resolver = Resolver()
        self._session = _session(
            WebhookConnector(
                self._resolver, allow_private=allow_private, limit=max_connections, ssl=_tls_context()
            )
        )
        metrics.sends_in_flight.set_function(lambda: len(self._deadlines))

    async def send(self, prepared: Prepared) -> Sent:
        """POST it; raises :class:`OurFault` when no socket could be had or the process stops."""
        exchange, started_s = _Exchange(), time.monotonic()
        error = await self._within_deadline(prepared, exchange)
        return Sent(
            AttemptOutcome(exchange.status, error),
            exchange.headers,
            None if exchange.status is None else _text(exchange.body),
            round((time.monotonic() - started_s) * 1000),
        )

    def stop(self, within_s: float) -> None:
        """Requests not answered ``within_s`` from now end as :class:`OurFault`; the process is stopping."""
        self._ends_at_s = asyncio.get_running_loop().time() + within_s
        for deadline in self._deadlines:
            deadline.reschedule(min(deadline.when() or self._ends_at_s, self._ends_at_s))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._resolver.close()
        await self._session.close()

    async def _within_deadline(self, prepared: Prepared, exchange: _Exchange) -> AttemptError | None:
        """Why there is no acceptable response. Once a status line has arrived, it decides."""
        ends_at_s = asyncio.get_running_loop().time() + self._timeout_s
        attempt = ConnectionAttempt()
        current_attempt.set(attempt)
        error: AttemptError | None = None
        try:
            async with asyncio.timeout_at(min(ends_at_s, self._ends_at_s)) as deadline:
                self._deadlines.add(deadline)
                try:
                    await _exchange(self._session, prepared, exchange, attempt)
                finally:
                    self._deadlines.discard(deadline)
                    exchange.take(attempt.response)
        except TimeoutError:
            if exchange.status is None and self._ends_at_s < ends_at_s:
                raise OurFault(Fault.STOPPING, may_have_left=attempt.connected) from None
            error = AttemptError.TIMEOUT
        except (aiohttp.ClientError, GatewayError, OSError, ValueError) as failure:
            if attempt.no_socket or (isinstance(failure, OSError) and failure.errno in NO_SOCKET):
                raise OurFault(Fault.NO_SOCKET) from failure
            error = _classify(failure, attempt)
        if exchange.status is None:
            return error
        return AttemptError.REDIRECT if 300 <= exchange.status <= 399 else None


async def _exchange(
    session: aiohttp.ClientSession, prepared: Prepared, exchange: _Exchange, attempt: ConnectionAttempt
) -> None:
    try:
        response = await session.post(
            _verbatim(prepared.url), data=prepared.body, headers=prepared.headers, allow_redirects=False
        )
        try:
            exchange.status = response.status
            exchange.headers = kept_headers(response.headers.items())
            while (room := MAX_READ_BYTES - len(exchange.body)) and (
                chunk := await response.content.read(room)
            ):
                exchange.body += chunk
        finally:
            # A connection whose response was read to its end is back in the pool by now; any other one is closed.
            response.close()
    finally:
        attempt.finished = True


def _tls_context() -> ssl.SSLContext:
    """The system's authorities, or those of ``SSL_CERT_FILE``."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _session(connector: WebhookConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        timeout=_NO_CLIENT_TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
        read_bufsize=MAX_READ_BYTES,
        max_line_size=MAX_HEAD_BYTES,
        max_field_size=MAX_HEAD_BYTES,
        max_headers=MAX_HEAD_BYTES,
    )


_BY_TYPE: Final[tuple[tuple[type[Exception], AttemptError], ...]] = (
    (GatewayError, AttemptError.INVALID_URL),
    (aiohttp.InvalidURL, AttemptError.INVALID_URL),
    (aiohttp.NonHttpUrlClientError, AttemptError.INVALID_URL),
    (aiohttp.ClientConnectorDNSError, AttemptError.DNS),
    (aiohttp.ClientResponseError, AttemptError.INVALID_RESPONSE),
    (aiohttp.ClientPayloadError, AttemptError.INVALID_RESPONSE),
    (aiohttp.ServerDisconnectedError, AttemptError.CONNECTION_RESET),
)
"""The first that fits counts; any other error is an OSError, classified by its number."""

_BY_ERRNO: Final = {
    ECONNREFUSED: AttemptError.CONNECTION_REFUSED,
    ECONNRESET: AttemptError.CONNECTION_RESET,
    ECONNABORTED: AttemptError.CONNECTION_RESET,
    EPIPE: AttemptError.CONNECTION_RESET,
    ETIMEDOUT: AttemptError.TIMEOUT,
}


def _classify(error: Exception, attempt: ConnectionAttempt) -> AttemptError:
    if attempt.blocked:
        return AttemptError.BLOCKED_ADDRESS
    if attempt.response.exceeds_bounds:
        return AttemptError.TOO_LARGE
    if (tls := _tls_error(error)) is not None:
        return _classify_tls(tls)
    for kind, meaning in _BY_TYPE:
        if isinstance(error, kind):
            return meaning
    if isinstance(error, ConnectionResetError) or isinstance(error.__cause__, ConnectionResetError):
        return AttemptError.CONNECTION_RESET
    number = error.errno if isinstance(error, OSError) else None
    return AttemptError.OTHER if number is None else _BY_ERRNO.get(number, AttemptError.OTHER)


_BY_VERIFY_CODE: Final = {
    7: AttemptError.TLS_UNTRUSTED,  # another issuer of the same name has signed it
    9: AttemptError.TLS_EXPIRED,  # not yet valid
    10: AttemptError.TLS_EXPIRED,
    18: AttemptError.TLS_UNTRUSTED,  # self-signed
    19: AttemptError.TLS_UNTRUSTED,  # self-signed, in the chain
    20: AttemptError.TLS_UNTRUSTED,  # issuer unknown
    21: AttemptError.TLS_UNTRUSTED,  # no chain
    62: AttemptError.TLS_NAME,
    64: AttemptError.TLS_NAME,  # an IP address
}
"""OpenSSL's X509_V_ERR_* numbers."""
_PROTOCOL_REASONS: Final = (
    "VERSION",
    "PROTOCOL",
    "HTTP_REQUEST",
    "RECORD_LAYER",
    "HANDSHAKE_FAILURE",
    "CIPHER",
)


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS library's error that caused ``error``, if one did."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        error = error.os_error
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__
    return error


def _classify_tls(error: ssl.SSLError) -> AttemptError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, AttemptError.TLS)
    reason = error.reason or ""
    if "CERTIFICATE_REQUIRED" in reason:
        return AttemptError.TLS_CLIENT_CERTIFICATE
    return (
        AttemptError.TLS_PROTOCOL if any(each in reason for each in _PROTOCOL_REASONS) else AttemptError.TLS
    )


def _text(body: bytearray) -> str:
    """As PostgreSQL can store it: at most ``MAX_STORED_BYTES`` of UTF-8, without NUL."""
    text = body.decode(errors="replace").replace("\x00", "")
    return text.encode()[:MAX_STORED_BYTES].decode(errors="ignore")
