"""Request bodies are bounded in bytes; the server bounds them in time.

FastAPI's ``max_body_size`` would answer in plain text, whatever the handlers of exceptions are, and cut clients off
that read no response before they have sent everything.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from api.errors import MAX_BODY_BYTES, error_response
from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, header
from gateway_core.domain.errors import GatewayError, payload_too_large

# Most clients read no response before they have sent everything, so a little too much is taken and thrown away.
MAX_DISCARDED_BYTES: Final = 1024 * 1024
_CLOSE: Final = (b"connection", b"close")


class BodyLimit:
    """Reading on raises PAYLOAD_TOO_LARGE beyond ``max_bytes``.

    A declared length beyond the limit is refused at once. A refusal of a body ends the connection.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        body = _BoundedBody(receive, send, self._max_bytes)
        declared = header(scope, b"content-length")
        if declared is not None and (not declared.isdigit() or int(declared[:20]) > self._max_bytes):
            body.refusal = payload_too_large(self._max_bytes)
            # Who expects 100 sends nothing before it is asked for (RFC 9110, 10.1.1): it never is.
            body.is_coming = header(scope, b"expect") is None
            await error_response(Request(scope), body.refusal)(scope, receive, body.send)
            return
        await self._app(scope, body.receive, body.send)


class _BoundedBody:
    """The ``receive`` and ``send`` of one request: counts what comes in, closes after a refusal."""

    def __init__(self, receive: Receive, send: Send, max_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._max_bytes = max_bytes
        self._seen_bytes = 0
        self.is_coming = True
        self.refusal: GatewayError | None = None

    async def receive(self) -> Message:
        if not self.is_coming:  # what comes now is the news that the client has gone, whenever that is
            return await self._receive()
        message = await self._next()
        if self._seen_bytes > self._max_bytes:
            self.refusal = payload_too_large(self._max_bytes)
            raise self.refusal
        return message

    async def send(self, message: Message) -> None:
        if self.refusal is not None and message["type"] == "http.response.start":
            while self.is_coming and self._seen_bytes < MAX_DISCARDED_BYTES:
                await self._next()
            message["headers"] = [*message["headers"], _CLOSE]
        await self._send(message)

    async def _next(self) -> Message:
        message = await self._receive()
        self._seen_bytes += len(message.get("body", b""))
        self.is_coming = message.get("more_body", False)
        return message


def _has_body(scope: Scope) -> bool:
    return any(
        (name == b"content-length" and value != b"0") or name == b"transfer-encoding"
        for name, value in scope["headers"]
    )
