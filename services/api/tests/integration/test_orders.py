"""Orders, endpoint by endpoint (contract, Endpoints)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_an_order_is_created_as_the_contract_shows_it(gateway: Gateway) -> None:
    body = {"amount": 50000, "currency": "INR", "receipt": "receipt_123", "notes": {"b": 1, "a": "₹"}}
    response = await gateway.post("/api/v1/orders", body)
    assert (response.status_code, response.headers["content-type"]) == (201, "application/json")
    order = response.json()
    assert list(order) == [
        "id", "entity", "merchant_id", "amount", "currency", "receipt", "notes", "status", "created_at", "updated_at",
    ]  # fmt: skip
    assert re.fullmatch(r"order_[A-Za-z0-9]{16,}", order["id"])
    assert TIMESTAMP.fullmatch(order["created_at"])
    assert order == {
        **body,
        "id": order["id"],
        "entity": "order",
        "merchant_id": str(gateway.merchant_id),
        "status": "created",
        "created_at": order["created_at"],
        "updated_at": order["created_at"],
    }
    assert list(order["notes"]) == ["b", "a"]


async def test_only_the_amount_is_required(gateway: Gateway) -> None:
    for body in ({"amount": 100}, {"amount": 100, "currency": None, "receipt": None, "notes": None}):
        order = (await gateway.post("/api/v1/orders", body)).json()
        assert (order["currency"], order["receipt"], order["notes"]) == ("INR", None, {})


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ({}, "amount must be an integer"),
        ({"amount": 99}, "amount must be at least 100"),
        ({"amount": -1}, "amount must be at least 100"),
        ({"amount": "500"}, "amount must be an integer"),
        ({"amount": 500.0}, "amount must be an integer"),
        ({"amount": True}, "amount must be an integer"),
        ({"amount": 2**53}, "amount must be at most 9007199254740991"),
        ({"amount": 500, "currency": "UDS"}, "currency must be an ISO 4217 code"),
        ({"amount": 500, "receipt": 5}, "receipt must be a string"),
        ({"amount": 500, "receipt": "x" * 256}, "receipt must be at most 255 characters"),
        ({"amount": 500, "notes": []}, "notes must be an object"),
        ({"amount": 500, "notes": {"a": 1.5}}, "notes numbers must be integers; send decimals as strings"),
    ],
)
async def test_what_is_no_order_is_refused(gateway: Gateway, body: object, description: str) -> None:
    response = await gateway.post("/api/v1/orders", body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["description"]) == ("BAD_REQUEST_ERROR", description)


async def test_an_order_is_read_back_as_it_was_created(gateway: Gateway) -> None:
    order = await gateway.order(receipt="r", notes={"z": {"y": [1, None]}})
    response = await gateway.get(f"/api/v1/orders/{order['id']}")
    assert (response.status_code, response.json()) == (200, order)


async def test_a_payer_sees_no_more_than_what_is_to_be_paid(gateway: Gateway) -> None:
    order = await gateway.order(receipt="private", notes={"private": True})
    response = await gateway.get(f"/api/v1/orders/{order['id']}/public", headers={})
    assert response.status_code == 200
    assert response.json() == {
        "id": order["id"],
        "amount": 50000,
        "currency": "INR",
        "status": "created",
        "merchant_name": "Test Merchant",
        "payment_id": None,
    }


@pytest.mark.parametrize("suffix", ["", "/public"])
@pytest.mark.parametrize(
    "order_id", ["order_AAAAAAAAAAAAAAAAAAAAAA", "pay_1", "%00", "order_%F0%9F%98%80", "x" * 300]
)
async def test_an_unknown_order_is_not_found(gateway: Gateway, order_id: str, suffix: str) -> None:
    response = await gateway.get(f"/api/v1/orders/{order_id}{suffix}")
    assert response.status_code == 404
    assert response.content == b'{"error":{"code":"NOT_FOUND_ERROR","description":"Order not found"}}'


async def test_orders_are_listed_newest_first_as_a_bare_array(gateway: Gateway) -> None:
    made = [await gateway.order(receipt=str(number)) for number in range(3)]
    response = await gateway.get("/api/v1/orders")
    assert response.json() == made[::-1]
    assert response.headers["x-total-count"] == "3"
    assert "link" not in response.headers
    assert (await gateway.get("/api/v1/orders?limit=1&offset=1")).json() == [made[1]]
