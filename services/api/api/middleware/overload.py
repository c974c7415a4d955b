"""Limits concurrent requests; excess requests get 503 with Retry-After."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from api.errors import error_response
from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send
from gateway_core.domain.errors import service_unavailable
from gateway_core.runtime.http_metrics import is_endless

MAX_IN_FLIGHT: Final = 1000


class Overload:
    """Answers SERVICE_UNAVAILABLE to the request that would be one too many.

    Event streams count until they begin: they wait more than they work, and have a bound of their own. So has a body
    on its way, and slow senders must not keep others out: the request counts again once the next piece is there.
    """

    def __init__(self, app: ASGIApp, max_in_flight: int = MAX_IN_FLIGHT) -> None:
        self._app = app
        self._max_in_flight = max_in_flight
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._in_flight >= self._max_in_flight:
            await error_response(Request(scope), service_unavailable())(scope, receive, send)
            return
        counted, arrived = 1, False

        async def receive_uncounted() -> Message:
            nonlocal arrived
            if arrived:  # what is still to come is the news that the client has gone
                return await receive()
            released = counted
            self._in_flight -= released
            try:
                message = await receive()
            finally:
                self._in_flight += released
            arrived = not message.get("more_body", False)
            if self._in_flight > self._max_in_flight:
                raise service_unavailable()
            return message

        async def send_noting(message: Message) -> None:
            nonlocal counted
            if counted and is_endless(message):
                counted = 0
                self._in_flight -= 1
            await send(message)

        self._in_flight += counted
        try:
            await self._app(scope, receive_uncounted, send_noting)
        finally:
            self._in_flight -= counted
