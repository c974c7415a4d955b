"""Cross-origin calls (Fetch Standard, CORS protocol): the checkout's pages, and only what they call."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, header

ALLOWED_HEADERS: Final = b"Content-Type, Idempotency-Key, X-Client-Secret"
EXPOSED_HEADERS: Final = b"Retry-After"
# No browser keeps an answer for longer than Firefox's day; Chromium stops at two hours.
MAX_AGE_S: Final = 7200

_PARAMETER = re.compile(r"{\w+}")
_VARY = (b"vary", b"Origin")


class Cors:
    """Tells browsers which pages may read answers. It keeps nobody else out: that is what secrets are for.

    ``routes`` are methods and path templates; no other path gets any header. Credentials are never allowed.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], routes: Iterable[tuple[str, str]]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode("ascii") for origin in origins)
        methods: dict[str, list[str]] = {}
        for method, template in routes:
            methods.setdefault(template, []).append(method)
        self._methods = [", ".join(sorted(each)).encode("ascii") for each in methods.values()]
        self._path = re.compile("|".join(f"({_pattern(template)})" for template in methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = self._path.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if match is None or match.lastindex is None:
            await self._app(scope, receive, send)
            return
        origin = header(scope, b"origin")
        allowed = origin if origin in self._origins else None
        if allowed is not None and _is_preflight(scope):
            await _answer_preflight(send, allowed, self._methods[match.lastindex - 1])
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], _VARY, *_readable_by(allowed)]
            await send(message)

        await self._app(scope, receive, send_marked)


def _pattern(template: str) -> str:
    return "[^/]+".join(re.escape(part) for part in _PARAMETER.split(template))


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None


def _readable_by(origin: bytes | None) -> list[tuple[bytes, bytes]]:
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", EXPOSED_HEADERS),
    ]


async def _answer_preflight(send: Send, origin: bytes, methods: bytes) -> None:
    headers = [
        _VARY,
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", ALLOWED_HEADERS),
        (b"access-control-max-age", b"%d" % MAX_AGE_S),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
