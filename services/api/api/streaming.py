"""Answers that are made while they are sent, to clients that may be slow, or gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

EVENT_STREAM: Final = "text/event-stream"
SEND_TIMEOUT_S: Final = 15.0
ABORT_EXTENSION: Final = "gateway.abort"
"""In ``scope["extensions"]``, with ``abort()``: breaks the connection off, whatever is still to be sent on it."""
HEAD_EXTENSION: Final = "gateway.head"
"""In ``scope["extensions"]``: the client asked for headers only."""

_log = logging.getLogger(__name__)


class StreamedResponse(Response):
    """Sends ``pieces`` as they come; closes them when all are sent, the client has gone or reads too slowly.

    A client that takes nothing for ``send_timeout_s`` is cut off: the end of an answer that was cut short can be
    told from a complete one.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        media_type: str,
        headers: Mapping[str, str],
        *,
        send_timeout_s: float = SEND_TIMEOUT_S,
    ) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({**headers, "content-type": media_type})
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        self._pieces = pieces
        self._send_timeout_s = send_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions") or {}
        writing = asyncio.create_task(self._write(send, headers_only=HEAD_EXTENSION in extensions))
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait([writing, leaving], return_when=asyncio.FIRST_COMPLETED)
            if writing.done():
                await writing
        except _TooSlow:
            _log.info("cut off a client that reads too slowly")
            if (extension := extensions.get(ABORT_EXTENSION)) is not None:
                extension["abort"]()
        finally:
            writing.cancel()
            leaving.cancel()
            await asyncio.wait([writing, leaving])
            await _close(self._pieces)

    async def _write(self, send: Send, *, headers_only: bool) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await self._send(send, start)
        if not headers_only:
            async for piece in self._pieces:
                await self._send(send, {"type": "http.response.body", "body": piece, "more_body": True})
        await self._send(send, {"type": "http.response.body", "body": b""})

    async def _send(self, send: Send, message: dict[str, object]) -> None:
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await send(message)
        except TimeoutError:
            raise _TooSlow from None


class _TooSlow(Exception):
    """The client did not take what was sent."""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _close(pieces: AsyncIterator[bytes]) -> None:
    if (aclose := getattr(pieces, "aclose", None)) is not None:
        await aclose()
