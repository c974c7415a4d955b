"""Routing, layers and errors around the services."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psycopg
import pytest

from api.idempotency import IdempotencyKey
from gateway_core.domain.errors import idempotency_key_in_use, not_found

if TYPE_CHECKING:
    from tests.unit.conftest import Edge

    from api.settings import ApiSettings

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "path", ["/nope", "/api/v1/orders/", "/api/v2/orders", "/api/v1/payments/a/b/c", "/health/x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_unknown_routes_have_the_contracts_error(edge: Edge, method: str, path: str) -> None:
    response = await edge.client.request(method, path)
    assert response.status_code == 404
    assert response.json() == {"error": {"code": "NOT_FOUND_ERROR", "description": "Route not found"}}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/orders", "GET, HEAD, POST"),
        ("PUT", "/api/v1/payments", "GET, HEAD, POST"),
        ("GET", "/api/v1/payments/pay_1/capture", "POST"),
        ("PATCH", "/api/v1/webhooks/config", "GET, HEAD, POST, PUT"),
        ("POST", "/health", "GET, HEAD"),
        ("OPTIONS", "/api/v1/payments/public", "POST"),
        ("TRACE", "/", "GET, HEAD"),
        ("BREW", "/api/v1/refunds/rfnd_1", "GET, HEAD"),
    ],
)
async def test_other_methods_are_told_which_are_allowed(
    edge: Edge, method: str, path: str, allowed: str
) -> None:
    response = await edge.client.request(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    assert response.json()["error"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("path", ["/", "/api/v1/orders/order_1", "/openapi.json"])
async def test_head_is_get_without_content(edge: Edge, path: str) -> None:
    get = await edge.client.get(path)
    head = await edge.client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_head_of_a_refusal_has_no_content_either(edge: Edge) -> None:
    edge.service.outcome = not_found("Order")
    head = await edge.client.head("/api/v1/orders/order_1")
    assert (head.status_code, head.content) == (404, b"")


async def test_a_body_beyond_64_kib_is_refused(edge: Edge) -> None:
    begin = b'{"amount":500,"a":"'
    most = begin + b"x" * (64 * 1024 - len(begin) - 2) + b'"}'
    assert (await edge.client.post("/api/v1/orders", content=most, headers=JSON)).status_code == 200
    refused = await edge.client.post("/api/v1/orders", content=most + b" ", headers=JSON)
    assert refused.status_code == 413
    assert refused.json() == {
        "error": {"code": "PAYLOAD_TOO_LARGE", "description": "Request body must be at most 65536 bytes"}
    }


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}])
async def test_a_body_that_is_not_json_is_415(edge: Edge, headers: dict[str, str]) -> None:
    response = await edge.client.post("/api/v1/orders", content=b"{}", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert edge.service.calls == []


async def test_every_response_names_its_request(edge: Edge) -> None:
    first, second = await edge.client.get("/"), await edge.client.get("/nope")
    assert first.headers["x-request-id"].startswith("req_")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2_3", True), ("a b", False), ("x" * 65, False), ("a\x7f", False)]
)
async def test_the_callers_own_request_id_is_kept_when_it_is_plain(
    edge: Edge, given: str, kept: bool
) -> None:
    response = await edge.client.get("/", headers={"X-Request-Id": given})
    assert (response.headers["x-request-id"] == given) is kept


async def test_an_unexpected_failure_is_500_with_the_request_id_and_nothing_else(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    edge.service.outcome = RuntimeError("password=hunter2")
    with caplog.at_level(logging.ERROR):
        response = await edge.client.get("/api/v1/orders/order_1")
    assert response.status_code == 500
    assert response.json() == {
        "error": {
            "code": "INTERNAL_ERROR",
            "description": "Internal server error",
            "request_id": response.headers["x-request-id"],
        }
    }
    assert "unexpected RuntimeError" in caplog.text


async def test_a_database_that_is_away_is_503_with_retry_after(edge: Edge) -> None:
    edge.service.outcome = psycopg.OperationalError("connection to 10.0.0.1 refused")
    response = await edge.client.get("/api/v1/orders/order_1")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json() == {
        "error": {"code": "SERVICE_UNAVAILABLE", "description": "Service temporarily unavailable"}
    }


async def test_retry_after_comes_with_409(edge: Edge) -> None:
    edge.service.outcome = idempotency_key_in_use(retry_after_s=3)
    response = await edge.client.post("/api/v1/orders", json={"amount": 500})
    assert (response.status_code, response.headers["retry-after"]) == (409, "3")


async def test_the_key_reaches_the_service_and_two_are_refused(edge: Edge) -> None:
    await edge.client.post("/api/v1/orders", json={"amount": 500}, headers={"Idempotency-Key": "k 1"})
    key = edge.service.calls[-1][1][-1]
    assert isinstance(key, IdempotencyKey)
    assert key.text == "k 1"
    twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "b"), ("Content-Type", "application/json")]
    response = await edge.client.post("/api/v1/orders", content=b'{"amount": 500}', headers=twice)
    assert (response.status_code, response.json()["error"]["field"]) == (400, "Idempotency-Key")


async def test_answers_are_json_and_not_to_be_stored(edge: Edge) -> None:
    response = await edge.client.get("/api/v1/orders/order_1")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/test/merchant", "/api/v1/test/jobs/status"])
@pytest.mark.parametrize(("switch", "status"), [(None, 200), (True, 200), (False, 404)])
async def test_test_endpoints_can_be_switched_off(
    make_edge: type[Edge], settings: ApiSettings, path: str, switch: bool | None, status: int
) -> None:
    edge = make_edge(settings.model_copy(update={"test_endpoints": switch}))
    async with edge.client:
        assert (await edge.client.get(path)).status_code == status


@pytest.mark.parametrize("path", ["/api/v1/test/merchant", "/api/v1/test/jobs/status"])
async def test_production_has_no_test_endpoints(
    make_edge: type[Edge], settings: ApiSettings, path: str
) -> None:
    edge = make_edge(settings.model_copy(update={"gateway_env": "production"}))
    async with edge.client:
        assert (await edge.client.get(path)).status_code == 404
