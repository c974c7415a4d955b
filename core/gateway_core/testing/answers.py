"""The programmable receiver's possible answers: good, malformed, slow or none."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

CHUNK_BYTES = 64 * 1024
MAX_HANG_S = 3600.0

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def respond(
    status: int = 200, *, body: bytes = b"", headers: dict[str, str] | None = None, delay_s: float = 0.0
) -> Answer:
    """A complete response after ``delay_s``."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(delay_s)
        return web.Response(status=status, body=body, headers=headers)

    return answer


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect, which a webhook sender must not follow."""
    return respond(status, headers={"Location": location})


def hang() -> Answer:
    """Take the request and never answer (until the receiver closes)."""
    return respond(delay_s=MAX_HANG_S)


def reset() -> Answer:
    """A TCP reset in place of a response."""

    async def answer(request: web.Request) -> web.StreamResponse:
        transport = _transport(request)
        peer: socket.socket = transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        return web.Response()

    return answer


def garbage(raw: bytes = b"\x00\xffthis is not HTTP\r\n\r\n") -> Answer:
    """``raw`` bytes in place of a response, then the end of the connection."""

    async def answer(request: web.Request) -> web.StreamResponse:
        transport = _transport(request)
        transport.write(raw)
        transport.close()
        return web.Response()

    return answer


def huge(total_bytes: int, status: int = 200) -> Answer:
    """A body of ``total_bytes`` with a Content-Length, as fast as the reader reads it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Length": str(total_bytes)})
        await response.prepare(request)
        for start in range(0, total_bytes, CHUNK_BYTES):
            await response.write(b"x" * min(CHUNK_BYTES, total_bytes - start))
        return response

    return answer


def slow_body(chunks: int, every_s: float, status: int = 200) -> Answer:
    """Headers at once, then ``chunks`` single bytes ``every_s`` apart: no single read takes long."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Length": str(chunks)})
        await response.prepare(request)
        for _ in range(chunks):
            await asyncio.sleep(every_s)
            await response.write(b"x")
        return response

    return answer


def _transport(request: web.Request) -> asyncio.Transport:
    transport = request.transport
    assert isinstance(transport, asyncio.Transport)
    return transport
