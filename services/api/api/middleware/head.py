"""HEAD wherever GET is (RFC 9110, 9.3.2)."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send

_HEADERS_ONLY: Final = "gateway.headers_only"


def wants_headers_only(request: Request) -> bool:
    """Whether the client sent HEAD: a response that is made while it is sent need not be made."""
    return _HEADERS_ONLY in (request.scope.get("extensions") or {})


class HeadAsGet:
    """Answers HEAD as GET, headers alike, without the content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_content(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server looks at its own scope to know that the answer has no content.
        extensions = {**(scope.get("extensions") or {}), _HEADERS_ONLY: {}}
        as_get = {**scope, "method": "GET", "extensions": extensions}
        await self._app(as_get, receive, send_without_content)
