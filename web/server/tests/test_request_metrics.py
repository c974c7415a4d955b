"""The pages' server counts and times its requests by route, like the API."""

from __future__ import annotations

import httpx
import pytest

from gateway_core.runtime.http_metrics import HttpMetrics
from gateway_core.runtime.metrics import REGISTRY
from web_server import dashboard
from web_server.settings import WebSettings


def count(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("gateway_http_requests_total", labels) or 0.0


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/dashboard/transactions/pay_1", "/dashboard/transactions/{id}", 200),
        ("/assets/index-abc.js", "/assets/{name}", 200),
        ("/assets/none.js", "/assets/{name}", 404),
        ("/scan/7", "none", 404),
    ],
)
async def test_requests_are_counted_by_template(
    settings: WebSettings, path: str, route: str, status: int
) -> None:
    app = dashboard.make_app(settings, _no_api)
    app.add_middleware(HttpMetrics)
    before = count("GET", route, status)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pages") as client:
        assert (await client.get(path)).status_code == status
    assert count("GET", route, status) == before + 1
    seconds = "gateway_http_request_duration_seconds_count"
    assert REGISTRY.get_sample_value(seconds, {"method": "GET", "route": route})


async def _no_api(*_: object) -> None:
    raise AssertionError("nothing here is passed on")
