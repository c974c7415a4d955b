"""Bodies are bounded in bytes and in time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, header
from gateway_core.domain.errors import ErrorCode, GatewayError, payload_too_large

MAX_BODY_BYTES: Final = 64 * 1024
BODY_TIMEOUT_S: Final = 15.0
# Most clients read no answer before they have sent everything, so a little too much is taken and thrown away.
MAX_DISCARDED_BYTES: Final = 1024 * 1024


class BodyRefused(GatewayError):
    """The rest of the body is not wanted: the connection ends with the answer."""


class BodyLimit:
    """Raises PAYLOAD_TOO_LARGE beyond ``max_bytes``, BAD_REQUEST_ERROR for a body that comes too slowly."""

    def __init__(
        self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES, timeout_s: float = BODY_TIMEOUT_S
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bounded = _BoundedBody(receive, self._max_bytes, self._timeout_s)
        declared = header(scope, b"content-length")
        if declared is not None and (not declared.isdigit() or int(declared[:20]) > self._max_bytes):
            # Who expects 100 sends nothing before it is asked for (RFC 9110, 10.1.1): it never is.
            await bounded.refuse(discard=header(scope, b"expect") is None)
        await self._app(scope, bounded.receive, send)


class _BoundedBody:
    """The ``receive`` of one request, which counts."""

    def __init__(self, receive: Receive, max_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._deadline_s: float | None = None
        self._seen_bytes = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:  # what comes now is the news that the client has gone, whenever that is
            return await self._receive()
        message = await self._next()
        if self._seen_bytes > self._max_bytes:
            await self.refuse()
        return message

    async def refuse(self, *, discard: bool = True) -> None:
        """Throw away what still comes, up to a bound, then raise PAYLOAD_TOO_LARGE, also for what comes too late."""
        with suppress(BodyRefused):
            while discard and not self._complete and self._seen_bytes < MAX_DISCARDED_BYTES:
                await self._next()
        error = payload_too_large(self._max_bytes)
        raise BodyRefused(error.code, error.description)

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        if self._deadline_s is None:
            self._deadline_s = loop.time() + self._timeout_s
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError:
            late = "Request body did not arrive in time"
            raise BodyRefused(ErrorCode.BAD_REQUEST_ERROR, late) from None
        self._seen_bytes += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        return message
