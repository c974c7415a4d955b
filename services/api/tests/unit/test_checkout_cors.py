"""Browsers may call from the checkout's pages, on the checkout's paths, without credentials; from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import ValidationError

from api.app import ROUTERS, documented_app
from api.body import CrossOriginRoute
from api.openapi import document
from api.settings import ApiSettings
from gateway_core.domain.errors import service_unavailable

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

ORIGIN = "http://localhost:3001"
OTHERS = [
    "http://localhost:3000", "http://localhost", "https://localhost:3001", "http://LOCALHOST:3001",
    "http://localhost:30011", "http://evil.example", "null", "",
]  # fmt: skip
PATHS = [
    ("GET", "/api/v1/orders/order_1/public"),
    ("POST", "/api/v1/payments/public"),
    ("GET", "/api/v1/payments/pay_1/public"),
    ("GET", "/api/v1/payments/pay_1/checkout"),
    ("POST", "/api/v1/payments/pay_1/authenticate"),
    ("POST", "/api/v1/payments/pay_1/cancel"),
]
BODIES = {
    "/api/v1/payments/public": b'{"order_id": "order_1", "method": "upi", "vpa": "user@bank"}',
    "/api/v1/payments/pay_1/authenticate": b'{"otp": "123456"}',
}
PRIVATE = [
    ("POST", "/api/v1/payments"),
    ("GET", "/api/v1/payments/pay_1"),
    ("POST", "/api/v1/payments/pay_1/capture"),
    ("GET", "/api/v1/orders/order_1"),
    ("GET", "/api/v1/checkout/origins"),
    ("PUT", "/api/v1/checkout/settings"),
    ("GET", "/api/v1/webhooks"),
    ("GET", "/health"),
    ("GET", "/api/v1/payments/pay_1/x/public"),
    ("GET", "/api/v1/payments/pay_1/public/"),
]


def cors_headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


async def call(edge: Edge, method: str, path: str, headers: Mapping[str, str]) -> httpx.Response:
    sent = {"Content-Type": "application/json", **headers}
    body = BODIES.get(path, b"{}") if method != "GET" else None
    return await edge.client.request(method, path, content=body, headers=sent)


async def preflight(edge: Edge, method: str, path: str, origin: str = ORIGIN) -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    return await edge.client.options(path, headers=asked)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("origin", [ORIGIN, "http://127.0.0.1:3001"])
async def test_the_checkouts_page_may_read_the_answer(
    edge: Edge, method: str, path: str, origin: str
) -> None:
    response = await call(edge, method, path, {"Origin": origin})
    assert response.status_code == 200
    assert cors_headers(response) == {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "Retry-After",
    }
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_a_preflight_is_answered_once_for_long(edge: Edge, method: str, path: str) -> None:
    response = await preflight(edge, method, path)
    assert (response.status_code, response.content) == (204, b"")
    assert cors_headers(response) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": method,
        "access-control-allow-headers": "Content-Type, Idempotency-Key, X-Client-Secret",
        "access-control-max-age": "7200",
    }
    assert response.headers["vary"] == "Origin"
    assert edge.service.calls == []


@pytest.mark.parametrize("origin", OTHERS)
async def test_no_other_page_may(edge: Edge, origin: str) -> None:
    for method, path in PATHS:
        response = await call(edge, method, path, {"Origin": origin})
        assert (response.status_code, cors_headers(response)) == (200, {})
        assert response.headers["vary"] == "Origin"
        refused = await preflight(edge, method, path, origin)
        assert (refused.status_code, cors_headers(refused)) == (405, {})


@pytest.mark.parametrize(("method", "path"), PRIVATE)
async def test_no_other_path_is_open_to_any_page(edge: Edge, method: str, path: str) -> None:
    response = await call(edge, method, path, {"Origin": ORIGIN})
    assert cors_headers(response) == {}
    assert "vary" not in response.headers
    refused = await preflight(edge, method, path)
    assert (refused.status_code in (404, 405), cors_headers(refused)) == (True, {})


async def test_without_an_origin_the_answer_still_says_what_it_depends_on(edge: Edge) -> None:
    response = await call(edge, "GET", "/api/v1/orders/order_1/public", {})
    assert (cors_headers(response), response.headers["vary"]) == ({}, "Origin")


async def test_refusals_are_readable_for_the_page_too(edge: Edge) -> None:
    edge.service.outcome = service_unavailable()
    response = await call(edge, "POST", "/api/v1/payments/public", {"Origin": ORIGIN})
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    unread = await edge.client.post("/api/v1/payments/public", content=b"{", headers={"Origin": ORIGIN})
    assert (unread.status_code, unread.headers["access-control-allow-origin"]) == (415, ORIGIN)


async def test_options_without_asking_for_a_method_is_no_preflight(edge: Edge) -> None:
    response = await edge.client.options("/api/v1/payments/public", headers={"Origin": ORIGIN})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_only_public_endpoints_are_open_to_pages() -> None:
    opened = [
        (route.path, method.lower())
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, CrossOriginRoute)
        for method in route.methods or ()
    ]
    paths = document(documented_app())["paths"]
    assert len(opened) == len(PATHS)
    assert [paths[path][method]["security"] for path, method in opened] == [[]] * len(PATHS)


def settings(**changes: object) -> ApiSettings:
    core = {"database_url": "postgresql://h/d", "redis_url": "redis://h", "encryption_key": "k" * 32}
    return ApiSettings.model_validate({**core, "gateway_env": "production", **changes})


def test_production_opens_nothing_unless_told_to() -> None:
    assert settings().allowed_checkout_origins == []
    told = settings(checkout_origins=" https://Pay.example:443 ,http://10.0.0.5:3001,")
    assert told.allowed_checkout_origins == ["https://pay.example", "http://10.0.0.5:3001"]


def test_a_local_evaluation_opens_port_3001_unless_told_otherwise() -> None:
    assert settings(gateway_env="local").allowed_checkout_origins == [ORIGIN, "http://127.0.0.1:3001"]
    told = settings(gateway_env="local", checkout_origins="http://localhost:8101")
    assert told.allowed_checkout_origins == ["http://localhost:8101"]


@pytest.mark.parametrize("text", ["*", "https://*.example", "pay.example", "https://pay.example/", "null"])
def test_what_is_no_origin_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError, match="must be an origin"):
        settings(checkout_origins=text)


@pytest.mark.parametrize("chosen", ["", "https://pay.example"])
async def test_the_variable_decides(make_edge: type[Edge], chosen: str) -> None:
    edge = make_edge(settings(checkout_origins=chosen))
    async with edge.client:
        response = await call(edge, "GET", "/api/v1/orders/order_1/public", {"Origin": "https://pay.example"})
    assert response.headers.get("access-control-allow-origin") == (chosen or None)
