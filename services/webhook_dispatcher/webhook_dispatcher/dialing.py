"""Name look-ups and sockets of the sender. Every address is judged here, in the moment it is connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from errno import EACCES, EMFILE, ENFILE, ENOBUFS, ENOMEM
from typing import Any, Final, TypeAlias

from gateway_core.domain.addresses import is_allowed
from webhook_dispatcher.heard import Heard

LOOK_UP_THREADS: Final = 256
"""Look-ups at once, each in a thread of its own, made when it is needed.

A name whose server does not answer holds one for up to half a minute, beyond the end of its attempt: twice as many as
the attempts at silent receivers (a quarter of 512), so that these never keep a healthy name waiting.
"""

AddressInfo: TypeAlias = tuple[Any, ...]
"""As from ``getaddrinfo``: family, type, protocol, canonical name, socket address."""

NO_SOCKET: Final = frozenset({EMFILE, ENFILE, ENOBUFS, ENOMEM})
"""What the machine says when it is the one that lacks something; looking up a name takes a socket too."""


@dataclass(slots=True)
class Dial:
    """What happened on the way to the receiver of one request, and what came back."""

    opened: bool = False
    """A new socket was made; a request without one travels on a connection kept alive."""
    blocked: bool = False
    """An address was refused."""
    no_socket: bool = False
    """The machine had no socket to give."""
    heard: Heard = field(default_factory=Heard)
    over: bool = False
    """Whatever the connection brings now is no answer to this request."""


current_dial: ContextVar[Dial] = ContextVar("current_dial")
"""The request that is connecting: the HTTP client's hooks are not told for whom they are called."""


class Dialer:
    """Resolves names and opens sockets, to allowed addresses only. ``get_infos`` is ``getaddrinfo``, which blocks."""

    def __init__(
        self, *, allow_private: bool, get_infos: Callable[..., Sequence[AddressInfo]] | None = None
    ) -> None:
        self._allow_private = allow_private
        self._get_infos = get_infos or socket.getaddrinfo
        self._threads = ThreadPoolExecutor(LOOK_UP_THREADS, thread_name_prefix="webhook-dns")

    async def look_up(self, host: str, port: int) -> Sequence[str]:
        """The numeric addresses of ``host``, which ``getaddrinfo`` also takes in forms such as ``0x7f000001``."""
        infos = await asyncio.get_running_loop().run_in_executor(self._threads, self._infos, host, port)
        return [str(info[4][0]) for info in infos]

    def _infos(self, host: str, port: int) -> Sequence[AddressInfo]:
        try:
            return self._get_infos(host, port, type=socket.SOCK_STREAM)
        except OSError:
            # Without a free descriptor the C library often calls the name unknown. Ask for one, and raise what is said.
            socket.socket().close()
            raise

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """The connect hook: a socket for exactly this address, or an OSError if it is refused."""
        family, kind, protocol, _, address = info
        dial = current_dial.get()
        if not is_allowed(address[0], allow_private=self._allow_private):
            dial.blocked = True
            raise OSError(EACCES, "address not allowed")
        try:
            opened = socket.socket(family, kind, protocol)
        except OSError as error:
            dial.no_socket = error.errno in NO_SOCKET
            raise
        dial.opened = True
        return opened

    def close(self) -> None:
        """Take no more look-ups; those under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
