"""The ASGI types that the layers share."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "ASGIApp",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "header",
    "headers_named",
    "send_json",
]


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header called ``name`` (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def headers_named(scope: Scope, name: bytes) -> list[bytes]:
    """All headers called ``name`` (lower case)."""
    return [value for key, value in scope["headers"] if key == name]


async def send_json(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """A complete JSON response."""
    length = (b"content-length", b"%d" % len(body))
    start = [(b"content-type", b"application/json"), length, (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
