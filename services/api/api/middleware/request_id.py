"""A name for every request: on its response, on its log lines, in a 500."""

from __future__ import annotations

import re
import secrets

from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, header
from gateway_core.runtime import tracing
from gateway_core.runtime.http_metrics import method_name
from gateway_core.runtime.logs import log_context

HEADER = b"x-request-id"
_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Takes the caller's ``X-Request-Id`` when it is plain, else makes one; continues the caller's trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        named = (HEADER, request_id.encode())
        status = 500

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], named]
            await send(message)

        traceparent = (header(scope, b"traceparent") or b"").decode("latin-1")
        span = tracing.span(method_name(scope["method"]), {"gateway.request_id": request_id}, kind="SERVER")
        with log_context(request_id=request_id), tracing.attach(traceparent), span as server:
            try:
                await self._app(scope, receive, send_named)
            finally:
                tracing.describe_request(server, scope, status)


def _request_id(scope: Scope) -> str:
    given = header(scope, HEADER)
    if given is not None and _ACCEPTABLE.fullmatch(given):
        return given.decode("ascii")
    return "req_" + secrets.token_hex(12)
