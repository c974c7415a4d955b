"""A server on plain sockets, for responses that no HTTP library would send."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The URL of a server on loopback that has each of its connections served by ``serve``, then closes it."""

    at_work: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.create_task(handle(reader, writer)))

    async with await asyncio.start_server(start, "127.0.0.1", 0, ssl=context) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    for task in at_work:
        task.cancel()
    await asyncio.gather(*at_work, return_exceptions=True)
