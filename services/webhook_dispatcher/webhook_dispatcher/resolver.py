"""Name look-ups for the HTTP client, in threads of their own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

LOOK_UP_THREADS: Final = 256
"""Look-ups at once, each in a thread that is started when needed.

A name whose server does not answer occupies one for up to half a minute, beyond the end of its attempt. So there are
twice as many as attempts at unresponsive receivers (a quarter of 512), and no healthy name waits for them.
"""


class Resolver(AbstractResolver):
    """The numeric addresses of a host; ``getaddrinfo`` also takes forms such as ``0x7f000001``.

    ``get_infos`` is ``getaddrinfo``, which blocks. The owner closes it, not the connectors that use it.
    """

    def __init__(self, get_infos: Callable[..., Sequence[tuple[Any, ...]]] = socket.getaddrinfo) -> None:
        self._get_infos = get_infos
        self._threads = ThreadPoolExecutor(LOOK_UP_THREADS, thread_name_prefix="webhook-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of ``host``; raises OSError."""
        infos = await asyncio.get_running_loop().run_in_executor(self._threads, self._infos, host, port)
        return [
            ResolveResult(hostname=host, host=str(info[4][0]), port=port, family=family, proto=0, flags=0)
            for info in infos
        ]

    def _infos(self, host: str, port: int) -> Sequence[tuple[Any, ...]]:
        try:
            return self._get_infos(host, port, type=socket.SOCK_STREAM)
        except OSError:
            # Without a free descriptor the C library often calls the name unknown. Opening one raises the real error.
            socket.socket().close()
            raise

    async def close(self) -> None:
        """Take no more look-ups; those under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
