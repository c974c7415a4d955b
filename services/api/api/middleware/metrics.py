"""Rate, errors, duration: by route template, never by path, so that series stay few."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from prometheus_client import Counter, Histogram

from api.middleware.asgi import ASGIApp, Message, Receive, Scope, Send
from gateway_core.runtime.metrics import BoundedLabel, counter, gauge, histogram

NO_ROUTE: Final = "none"

_REQUESTS = counter("gateway_http_requests_total", "Answered requests.", ("method", "route", "status"))
_SECONDS = histogram(
    "gateway_http_request_duration_seconds", "From the headers to the whole answer.", ("method", "route")
)
_IN_FLIGHT = gauge("gateway_http_requests_in_flight", "Requests that are being answered now.")
_method = BoundedLabel(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))

# Looking a child up costs more than counting on it.
_counters: dict[tuple[str, str, int], Counter] = {}
_histograms: dict[tuple[str, str], Histogram] = {}


class Metrics:
    """Counts and times every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began_s = perf_counter()
        _IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, send_noting)
        finally:
            _IN_FLIGHT.dec()
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            _record(_method(scope["method"]), route, status, perf_counter() - began_s)


def _record(method: str, route: str, status: int, took_s: float) -> None:
    requests = _counters.get((method, route, status))
    if requests is None:
        requests = _counters[method, route, status] = _REQUESTS.labels(method, route, str(status))
    seconds = _histograms.get((method, route))
    if seconds is None:
        seconds = _histograms[method, route] = _SECONDS.labels(method, route)
    requests.inc()
    seconds.observe(took_s)
