"""The POST itself; with ``connector`` the only module of the dispatcher that knows the HTTP client."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from errno import ECONNABORTED, ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT
from functools import lru_cache
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import LineTooLong

from gateway_core.domain.delivery import AttemptError, AttemptOutcome
from gateway_core.domain.errors import GatewayError
from gateway_core.domain.webhook_url import check_url
from webhook_dispatcher import metrics
from webhook_dispatcher.connector import OverheardConnector
from webhook_dispatcher.dialing import NO_SOCKET, Dial, Dialer, current_dial
from webhook_dispatcher.headers import kept_headers
from webhook_dispatcher.heard import Heard
from webhook_dispatcher.stages import Fault, OurFault, Prepared, Sent

MAX_READ_BYTES: Final = 16 * 1024
MAX_STORED_BYTES: Final = 8 * 1024
KEEP_ALIVE_S: Final = 4.0
"""Less than the 5 s after which node and uvicorn close: an idle socket should be ours to close."""
CHECKED_URLS: Final = 1024

_checked = lru_cache(maxsize=CHECKED_URLS)(check_url)
"""What was stored long ago may not pass today's rules. Raises GatewayError."""

_NO_CLIENT_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


@dataclass(slots=True)
class _Exchange:
    """What is known of a request so far; whatever ends it, this much is recorded."""

    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytearray = field(default_factory=bytearray)

    def take(self, heard: Heard) -> None:
        """What was heard counts if the client refused the response before it said what it is."""
        if self.status is None and (head := heard.head()) is not None:
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
        self._dialer = Dialer(allow_private=allow_private)
        self._kept = _session(self._dialer, max_connections, keep_alive=True)
        self._fresh = _session(self._dialer, max_connections, keep_alive=False)
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

    def hurry(self, within_s: float) -> None:
        """What is not answered ``within_s`` from now ends as :class:`OurFault`; the process is stopping."""
        self._ends_at_s = asyncio.get_running_loop().time() + within_s
        for deadline in self._deadlines:
            deadline.reschedule(min(deadline.when() or self._ends_at_s, self._ends_at_s))

    async def aclose(self) -> None:
        """Close all connections."""
        self._dialer.close()
        await self._kept.close()
        await self._fresh.close()

    async def _within_deadline(self, prepared: Prepared, exchange: _Exchange) -> AttemptError | None:
        """Why there is no acceptable answer. Once it has begun with all of its headers, its status alone decides."""
        ends_at_s = asyncio.get_running_loop().time() + self._timeout_s
        dial = Dial()
        current_dial.set(dial)
        error: AttemptError | None = None
        try:
            async with asyncio.timeout_at(min(ends_at_s, self._ends_at_s)) as deadline:
                self._deadlines.add(deadline)
                try:
                    await self._post(prepared, exchange, dial)
                finally:
                    self._deadlines.discard(deadline)
                    exchange.take(dial.heard)
        except TimeoutError:
            if exchange.status is None and self._ends_at_s < ends_at_s:
                raise OurFault(Fault.STOPPING) from None
            error = AttemptError.TIMEOUT
        except (aiohttp.ClientError, GatewayError, OSError, ValueError) as failure:
            if dial.no_socket or (isinstance(failure, OSError) and failure.errno in NO_SOCKET):
                raise OurFault(Fault.NO_SOCKET) from failure
            error = _classify(failure, dial)
        if exchange.status is None:
            return error
        return AttemptError.REDIRECT if 300 <= exchange.status <= 399 else None

    async def _post(self, prepared: Prepared, exchange: _Exchange, dial: Dial) -> None:
        try:
            await _exchange(self._kept, prepared, exchange, dial)
        except (aiohttp.ClientConnectionError, ConnectionResetError) as error:
            stale = not (dial.opened or dial.blocked or dial.heard.total_bytes)
            if not stale or isinstance(error, aiohttp.ClientConnectorError):
                raise
            # The receiver had closed the idle connection: our request never reached it, or not whole.
            await _exchange(self._fresh, prepared, exchange, dial)


async def _exchange(
    session: aiohttp.ClientSession, prepared: Prepared, exchange: _Exchange, dial: Dial
) -> None:
    dial.over = False
    try:
        response = await session.post(
            _checked(prepared.url), data=prepared.body, headers=prepared.headers, allow_redirects=False
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
        dial.over = True


def _session(dialer: Dialer, max_connections: int, *, keep_alive: bool) -> aiohttp.ClientSession:
    connector = OverheardConnector(
        limit=max_connections,
        resolver=_Resolver(dialer),
        socket_factory=dialer.open_socket,
        force_close=not keep_alive,
        keepalive_timeout=KEEP_ALIVE_S if keep_alive else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=_NO_CLIENT_TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
        read_bufsize=MAX_READ_BYTES,
    )


class _Resolver(AbstractResolver):
    """The dialer's look-up as the client wants it."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in await self._dialer.look_up(host, port)
        ]

    async def close(self) -> None:
        """The dialer is closed by its owner."""


_BY_TYPE: Final[tuple[tuple[type[Exception], AttemptError], ...]] = (
    (GatewayError, AttemptError.INVALID_URL),
    (aiohttp.InvalidURL, AttemptError.INVALID_URL),
    (aiohttp.NonHttpUrlClientError, AttemptError.INVALID_URL),
    (aiohttp.ClientConnectorDNSError, AttemptError.DNS),
    (aiohttp.ClientConnectorCertificateError, AttemptError.TLS),
    (aiohttp.ClientSSLError, AttemptError.TLS),
    (aiohttp.ClientResponseError, AttemptError.INVALID_RESPONSE),
    (aiohttp.ClientPayloadError, AttemptError.INVALID_RESPONSE),
    (aiohttp.ServerDisconnectedError, AttemptError.CONNECTION_RESET),
)
"""The first that fits counts; what is not here is an OSError and told by its number."""

_BY_ERRNO: Final = {
    ECONNREFUSED: AttemptError.CONNECTION_REFUSED,
    ECONNRESET: AttemptError.CONNECTION_RESET,
    ECONNABORTED: AttemptError.CONNECTION_RESET,
    EPIPE: AttemptError.CONNECTION_RESET,
    ETIMEDOUT: AttemptError.TIMEOUT,
}


def _classify(error: Exception, dial: Dial) -> AttemptError:
    if dial.blocked:
        return AttemptError.BLOCKED_ADDRESS
    if dial.heard.too_much or isinstance(error.__cause__, LineTooLong):
        return AttemptError.TOO_LARGE
    for kind, meaning in _BY_TYPE:
        if isinstance(error, kind):
            return meaning
    if isinstance(error, ConnectionResetError) or isinstance(error.__cause__, ConnectionResetError):
        return AttemptError.CONNECTION_RESET
    number = error.errno if isinstance(error, OSError) else None
    return AttemptError.OTHER if number is None else _BY_ERRNO.get(number, AttemptError.OTHER)


def _text(body: bytearray) -> str:
    """As PostgreSQL can store it: at most ``MAX_STORED_BYTES`` of UTF-8, without NUL."""
    text = body.decode(errors="replace").replace("\x00", "")
    return text.encode()[:MAX_STORED_BYTES].decode(errors="ignore")
