"""A proxy between one process and PostgreSQL that counts round trips and transactions."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from typing import Final

from devstack.ports import LOOPBACK

READY, COMMAND_COMPLETE, NO_TLS = b"Z", b"C", b"N"
OUTSIDE_TRANSACTION: Final = b"I"
CHUNK_BYTES: Final = 65_536


class PostgresProxy:
    """Forwards every byte unchanged.

    The server's ReadyForQuery ends a round trip; one that reports no open transaction, after a statement, ends
    a transaction.
    """

    def __init__(self, server_port: int) -> None:
        self.round_trips = 0
        self.transactions = 0
        self._server_port = server_port
        self._listener: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    async def listen(self) -> int:
        """The port on which the proxy listens."""
        self._listener = await asyncio.start_server(self._serve, LOOPBACK)
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Take no more connections, and end those that are open."""
        if self._listener is not None:
            self._listener.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _serve(self, client: StreamReader, to_client: StreamWriter) -> None:
        session = asyncio.create_task(self._forward(client, to_client))
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)

    async def _forward(self, client: StreamReader, to_client: StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(LOOPBACK, self._server_port)
        requests = asyncio.create_task(_copy(client, to_server))
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await _copy_greeting(server, to_client)
                await self._copy_answers(server, to_client)
        finally:
            requests.cancel()
            for writer in (to_client, to_server):
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def _copy_answers(self, server: StreamReader, to_client: StreamWriter) -> None:
        in_transaction = False
        while True:
            kind, body = await _copy_message(server, to_client)
            in_transaction = in_transaction or kind == COMMAND_COMPLETE
            if kind == READY:
                self.round_trips += 1
            if kind == READY and body == OUTSIDE_TRANSACTION:
                self.transactions += in_transaction
                in_transaction = False


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(CHUNK_BYTES):
            target.write(chunk)
        target.close()


async def _copy_greeting(server: StreamReader, to_client: StreamWriter) -> None:
    """Up to the first ReadyForQuery, which ends the login. TLS is refused before it, in a byte without a length."""
    kind = await server.readexactly(1)
    while kind == NO_TLS:
        to_client.write(kind)
        kind = await server.readexactly(1)
    await _copy_message(server, to_client, kind)
    while (await _copy_message(server, to_client))[0] != READY:
        pass


async def _copy_message(
    server: StreamReader, to_client: StreamWriter, kind: bytes = b""
) -> tuple[bytes, bytes]:
    """The kind and the body of the next message; give ``kind`` if it has been read already."""
    kind = kind or await server.readexactly(1)
    length = await server.readexactly(4)
    body = await server.readexactly(int.from_bytes(length, "big") - len(length))
    to_client.write(kind + length + body)
    return kind, body
