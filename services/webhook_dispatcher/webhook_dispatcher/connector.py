"""Connections of the HTTP client: to allowed addresses only, each checked in the moment it is connected to.

What a receiver sends is seen before the client parses it, so its status is known even if the client refuses the rest.
"""

from __future__ import annotations

import asyncio
import select
import socket
from contextvars import ContextVar
from dataclasses import dataclass, field
from errno import EACCES, EMFILE, ENFILE, ENOBUFS, ENOMEM
from typing import Any, Final, TypeAlias, cast

from aiohttp import TCPConnector
from aiohttp.connector import Connection

from gateway_core.domain.addresses import is_allowed
from webhook_dispatcher.resolver import Resolver
from webhook_dispatcher.response_tap import ResponseTap

KEEP_ALIVE_S: Final = 4.0
"""Less than the 5 s after which node and uvicorn close: an idle socket should be ours to close."""
NO_SOCKET: Final = frozenset({EMFILE, ENFILE, ENOBUFS, ENOMEM})
"""Errors that say this machine is out of sockets; looking up a name takes one too."""

AddressInfo: TypeAlias = tuple[Any, ...]
"""As from ``getaddrinfo``: family, type, protocol, canonical name, socket address."""


@dataclass(slots=True)
class ConnectionAttempt:
    """How one request got its connection, and what came back over it."""

    opened: bool = False
    """A new socket was made; otherwise the request travels on a connection kept alive."""
    connected: bool = False
    """There is a connection, so some of the request may have left."""
    blocked: bool = False
    """An address was refused."""
    no_socket: bool = False
    """The machine was out of sockets."""
    response: ResponseTap = field(default_factory=ResponseTap)
    finished: bool = False
    """The request is over: bytes that arrive now are not its response."""


current_attempt: ContextVar[ConnectionAttempt] = ContextVar("current_attempt")
"""The attempt of the running request: the HTTP client does not tell its hooks which request they serve."""


class WebhookConnector(TCPConnector):
    """Opens connections to allowed addresses and taps what arrives on them for ``current_attempt``."""

    def __init__(self, resolver: Resolver, *, allow_private: bool, **settings: Any) -> None:
        super().__init__(
            resolver=resolver, socket_factory=self._open_socket, keepalive_timeout=KEEP_ALIVE_S, **settings
        )
        self._allow_private = allow_private

    async def connect(self, *args: Any, **settings: Any) -> Connection:
        """As the client's own, for the request of the running context.

        A kept connection that the receiver has ended is replaced now: once a request has left on it, nobody can know
        whether the receiver has read it, and it must not be sent again without a record.
        """
        attempt = current_attempt.get()
        connection = await super().connect(*args, **settings)
        while not attempt.opened and _has_ended(connection):
            connection.close()
            connection = await super().connect(*args, **settings)
        attempt.connected = True
        if (transport := connection.transport) is not None:
            tap = transport.get_protocol()
            if not isinstance(tap, _Tap):
                tap = _Tap(transport, cast("asyncio.Protocol", tap))
                transport.set_protocol(tap)
            tap.attempt = attempt
        return connection

    def _open_socket(self, info: AddressInfo) -> socket.socket:
        """A socket for exactly this address; raises OSError if the address is refused."""
        family, kind, protocol, _, address = info
        attempt = current_attempt.get()
        if not is_allowed(address[0], allow_private=self._allow_private):
            attempt.blocked = True
            raise OSError(EACCES, "address not allowed")
        try:
            opened = socket.socket(family, kind, protocol)
        except OSError as error:
            attempt.no_socket = error.errno in NO_SOCKET
            raise
        attempt.opened = True
        return opened


def _has_ended(idle: Connection) -> bool:
    """Whether bytes or an end wait to be read: a receiver has nothing to say on an idle connection."""
    transport = idle.transport
    opened = None if transport is None else transport.get_extra_info("socket")
    if opened is None:
        return True
    waiting = select.poll()
    waiting.register(opened.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(waiting.poll(0))


class _Tap(asyncio.Protocol):
    """Stands between a transport and the client's protocol for as long as the connection lives.

    It disconnects when more arrives than a response may hold: the client itself bounds neither the number of interim
    responses, over which it loops without yielding, nor what surrounds the chunks of a body. It also disconnects when
    bytes arrive unasked, which the client would take for the response to the next request.
    """

    attempt: ConnectionAttempt

    def __init__(self, transport: asyncio.Transport, client: asyncio.Protocol) -> None:
        self._transport = transport
        self._client = client

    def data_received(self, data: bytes) -> None:
        response = self.attempt.response
        response.feed(data)
        if self.attempt.finished or response.exceeds_bounds:
            self._transport.abort()
        else:
            self._client.data_received(data)

    def eof_received(self) -> bool | None:
        return self._client.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._client.connection_lost(exc)

    def pause_writing(self) -> None:
        self._client.pause_writing()

    def resume_writing(self) -> None:
        self._client.resume_writing()
