"""Every refusal and every failure, in the contract's shape."""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect

from api.http_errors import STATUS, as_gateway_error, error_body
from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send, send_json
from api.middleware.body_limit import BodyRefused
from gateway_core.domain.errors import ErrorCode, GatewayError

_log = logging.getLogger(__name__)


class MethodNotAllowed(GatewayError):
    """405 with the methods that the route does have (RFC 9110, 15.5.6)."""

    def __init__(self, refusal: GatewayError, allowed: str) -> None:
        super().__init__(refusal.code, refusal.description)
        self.allowed = allowed


class Errors:
    """Turns exceptions into responses. Only what nobody expected is logged, without the request's content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as exception:
            error = as_gateway_error(exception)
            _log_failure(error, exception, scope)
            if started:
                raise
            body = error_body(error, scope.get("request_id", ""))
            await send_json(send, STATUS[error.code], body, _headers(error))


def _headers(error: GatewayError) -> list[tuple[bytes, bytes]]:
    headers = []
    if error.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % error.retry_after_s))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"allow", error.allowed.encode()))
    if isinstance(error, BodyRefused):
        headers.append((b"connection", b"close"))
    return headers


def _log_failure(error: GatewayError, exception: Exception, scope: Scope) -> None:
    about = {"payment_id": scope.get("path_params", {}).get("payment_id")}
    if error.code is ErrorCode.INTERNAL_ERROR:
        _log.error("unexpected %s", type(exception).__name__, exc_info=exception, extra=about)
    elif error.code is ErrorCode.SERVICE_UNAVAILABLE:
        _log.warning("unavailable: %s", type(exception).__name__, extra=about)
