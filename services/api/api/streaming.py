"""Answers that are made while they are sent, to clients that may be slow, or gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

EVENT_STREAM: Final = "text/event-stream"
HEAD_EXTENSION: Final = "gateway.head"
"""In ``scope["extensions"]``: the client asked for headers only."""


class StreamedResponse(Response):
    """Sends ``pieces`` as they come; closes them when all are sent or the client has gone.

    A client that does not read is cut off by the server: the end of an answer that was cut short can be told from a
    complete one.
    """

    def __init__(self, pieces: AsyncIterator[bytes], media_type: str, headers: Mapping[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({**headers, "content-type": media_type})
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions") or {}
        writing = asyncio.create_task(self._write(send, headers_only=HEAD_EXTENSION in extensions))
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait([writing, leaving], return_when=asyncio.FIRST_COMPLETED)
            if writing.done():
                await writing
        finally:
            writing.cancel()
            leaving.cancel()
            await asyncio.wait([writing, leaving])
            await _close(self._pieces)

    async def _write(self, send: Send, *, headers_only: bool) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        if not headers_only:
            async for piece in self._pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _close(pieces: AsyncIterator[bytes]) -> None:
    if (aclose := getattr(pieces, "aclose", None)) is not None:
        await aclose()
