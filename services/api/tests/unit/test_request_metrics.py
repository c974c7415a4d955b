"""Requests are counted and timed by route template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_core.domain.errors import not_found
from gateway_core.runtime.metrics import REGISTRY

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

TEMPLATE = "/api/v1/payments/{payment_id}"


def count(route: str, status: int, method: str = "GET") -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("gateway_http_requests_total", labels) or 0.0


async def test_requests_are_counted_by_template_and_status(edge: Edge) -> None:
    ok, missing = count(TEMPLATE, 200), count(TEMPLATE, 404)
    await edge.client.get("/api/v1/payments/pay_1")
    await edge.client.head("/api/v1/payments/pay_2")
    edge.service.outcome = not_found("Payment")
    await edge.client.get("/api/v1/payments/pay_3")
    assert (count(TEMPLATE, 200) - ok, count(TEMPLATE, 404) - missing) == (2, 1)


async def test_what_has_no_route_makes_no_series_of_its_own(edge: Edge) -> None:
    before, others = count("none", 404), count("none", 404, method="other")
    for number in range(5):
        await edge.client.get(f"/scan/{number}")
    await edge.client.request("BREW", "/coffee")
    assert (count("none", 404) - before, count("none", 404, method="other") - others) == (5, 1)
    assert not [s for m in REGISTRY.collect() for s in m.samples if "/scan" in str(s.labels)]


async def test_durations_are_observed_and_nothing_stays_in_flight(edge: Edge) -> None:
    labels = {"method": "GET", "route": "/"}
    name = "gateway_http_request_duration_seconds_count"
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    await edge.client.get("/")
    assert REGISTRY.get_sample_value(name, labels) == before + 1
    assert REGISTRY.get_sample_value("gateway_http_requests_in_flight") == 0
