"""What every request gets: a name on its response, log lines and span; and an answer, whatever happens."""

from __future__ import annotations

import re
import secrets
from typing import Final

from starlette.requests import ClientDisconnect, Request

from api.errors import internal_error_response
from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, header
from gateway_core.runtime import tracing
from gateway_core.runtime.http_metrics import method_name
from gateway_core.runtime.logs import log_context

HEADER: Final = b"x-request-id"
# Balances, secrets and payers' addresses are in the bodies.
NO_STORE: Final = (b"cache-control", b"no-store")
NO_CACHE: Final = (b"cache-control", b"no-cache")  # FastAPI's, on event streams

_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class RequestContext:
    """Takes the caller's ``X-Request-Id`` when it is plain, else makes one; answers 500 for what nobody expected.

    The span is made here: FastAPI's own telemetry would put paths and queries into it, which may name payers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = _request_id(scope)
        named = (HEADER, request_id.encode())
        status: int | None = None

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [pair for pair in message["headers"] if pair != NO_CACHE]
                kept = [] if any(name == b"cache-control" for name, _ in headers) else [NO_STORE]
                message["headers"] = [*headers, *kept, named]
            await send(message)

        traceparent = (header(scope, b"traceparent") or b"").decode("latin-1")
        span = tracing.span(method_name(scope["method"]), {"gateway.request_id": request_id}, kind="SERVER")
        with log_context(request_id=request_id), tracing.attach(traceparent), span as server:
            try:
                await self._app(scope, receive, send_named)
            except ClientDisconnect:
                return  # nobody is left to answer
            except Exception as exception:
                response = internal_error_response(Request(scope), exception)
                if status is not None:
                    raise
                await response(scope, receive, send_named)
            finally:
                tracing.describe_request(server, scope, status or 500)


def _request_id(scope: Scope) -> str:
    given = header(scope, HEADER)
    if given is not None and _ACCEPTABLE.fullmatch(given):
        return given.decode("ascii")
    return "req_" + secrets.token_hex(12)
