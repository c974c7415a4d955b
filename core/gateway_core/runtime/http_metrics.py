"""Rate, errors, duration of an HTTP server: by route template, never by path, so that series stay few."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any, Final, TypeAlias

from prometheus_client import Counter, Histogram

from gateway_core.runtime.metrics import BoundedLabel, counter, gauge, histogram

NO_ROUTE: Final = "none"

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_REQUESTS = counter("gateway_http_requests_total", "Requests answered.", ("method", "route", "status"))
_SECONDS = histogram(
    "gateway_http_request_duration_seconds",
    "From the headers to the end of the response.",
    ("method", "route"),
)
_IN_FLIGHT = gauge("gateway_http_requests_in_flight", "Requests in progress.")
_EVENT_STREAM: Final = b"text/event-stream"

method_name = BoundedLabel(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))

# Looking up a labelled child costs more than incrementing it.
_counters: dict[tuple[str, str, int], Counter] = {}
_histograms: dict[tuple[str, str], Histogram] = {}


class HttpMetrics:
    """ASGI: counts and times every request; an event stream only to its start, since the client decides its end."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, answered = 500, False

        def finish() -> None:
            nonlocal answered
            answered = True
            _IN_FLIGHT.dec()
            _record(method_name(scope["method"]), route_of(scope), status, perf_counter() - began_s)

        async def send_recording(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if is_endless(message):
                    finish()
            await send(message)

        began_s = perf_counter()
        _IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, send_recording)
        finally:
            if not answered:
                finish()


def is_endless(message: Message) -> bool:
    """Whether this message starts an event stream, which lasts until its client leaves."""
    return message["type"] == "http.response.start" and any(
        name == b"content-type" and value.startswith(_EVENT_STREAM) for name, value in message["headers"]
    )


def route_of(scope: Mapping[str, Any]) -> str:
    """The path template of the matched route; ``none`` without a match."""
    return getattr(scope.get("route"), "path", NO_ROUTE)


def _record(method: str, route: str, status: int, took_s: float) -> None:
    requests = _counters.get((method, route, status))
    if requests is None:
        requests = _counters[method, route, status] = _REQUESTS.labels(method, route, str(status))
    seconds = _histograms.get((method, route))
    if seconds is None:
        seconds = _histograms[method, route] = _SECONDS.labels(method, route)
    requests.inc()
    seconds.observe(took_s)
