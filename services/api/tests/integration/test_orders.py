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
    ("currency", "amount", "stored"), [("inr", 100, "INR"), ("Jpy", 1, "JPY"), ("KWD", 100, "KWD")]
)
async def test_the_least_amount_is_that_of_the_currency_in_any_case(
    gateway: Gateway, currency: str, amount: int, stored: str
) -> None:
    order = await gateway.order(amount=amount, currency=currency)
    assert order["currency"] == stored
    assert (await gateway.get("/api/v1/orders")).json() == [order]
    response = await gateway.post("/api/v1/orders", {"amount": amount - 1, "currency": currency})
    assert response.status_code == 400
    assert response.json()["error"]["description"] == f"amount must be at least {amount}"


async def test_an_empty_array_of_notes_is_an_empty_object(gateway: Gateway) -> None:
    assert (await gateway.order(notes=[]))["notes"] == {}


async def test_unknown_members_of_an_order_are_ignored(gateway: Gateway) -> None:
    assert "partial_payment" not in await gateway.order(partial_payment=True)


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
        ({"amount": 500, "currency": "ZZZ"}, "currency must be an ISO 4217 code"),
        ({"amount": 500, "currency": "XXX"}, "currency must be an ISO 4217 code"),
        ({"amount": 500, "receipt": 5}, "receipt must be a string"),
        ({"amount": 500, "receipt": "x" * 256}, "receipt must be at most 255 characters"),
        ({"amount": 500, "notes": [1]}, "notes must be an object"),
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


async def test_a_payer_with_the_key_of_another_merchant_finds_no_order(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    route = f"/api/v1/orders/{(await gateway.order())['id']}/public"
    statuses = {
        key: (await gateway.get(f"{route}?key={key}", headers={})).status_code
        for key in ("key_test_abc123", "", "key_other", "key_nobody", "key%00", "KEY_TEST_ABC123")
    }
    assert statuses == {
        "key_test_abc123": 200, "": 200, "key_other": 404, "key_nobody": 404, "key%00": 404, "KEY_TEST_ABC123": 404,
    }  # fmt: skip
    await gateway.rows.run("UPDATE api_keys SET revoked_at = now()")
    assert (await gateway.get(f"{route}?key=key_test_abc123", headers={})).status_code == 404


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


async def test_filters_choose_orders(gateway: Gateway) -> None:
    old = await gateway.order(receipt="a")
    await gateway.rows.run("UPDATE orders SET created_at = '2020-01-01Z'")
    paid, new = await gateway.order(receipt="b"), await gateway.order(receipt="a")
    await gateway.rows.run("UPDATE orders SET status = 'paid' WHERE id = %s", (paid["id"],))
    await gateway.add_other_merchant()
    await gateway.post("/api/v1/orders", {"amount": 100, "receipt": "a"}, headers=gateway.other_headers)
    for query, chosen in [
        ("status=paid", [paid]),
        ("status=paid&status=created", [new, paid, old]),
        ("status=attempted,paid", [paid]),
        ("receipt=a", [new, old]),
        ("receipt=a&created_from=2021-01-01T00:00:00Z", [new]),
        ("receipt=A", []),
        ("receipt=a%00", []),
        ("receipt=&status=&created_from=", [new, paid, old]),
        ("created_to=2020-01-01T00:00:01Z", [old]),
        ("created_from=1246-01-01T00:00:00Z&created_to=9999-12-31T23:59:59Z", [new, paid, old]),
    ]:
        response = await gateway.get(f"/api/v1/orders?{query}")
        assert [row["id"] for row in response.json()] == [row["id"] for row in chosen], query
        assert response.headers["x-total-count"] == str(len(chosen)), query
    first = await gateway.get("/api/v1/orders?receipt=a&limit=1")
    second = await gateway.get(first.links["next"]["url"])
    assert [row["id"] for row in second.json()] == [old["id"]]


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=open", "status"), (f"receipt={'x' * 256}", "receipt"), ("created_from=monday", "created_from")],
)
async def test_filters_that_are_none_are_refused(gateway: Gateway, query: str, field: str) -> None:
    response = await gateway.get(f"/api/v1/orders?{query}")
    assert (response.status_code, response.json()["error"]["field"]) == (400, field)


async def test_orders_are_found_by_their_receipt_through_an_index(gateway: Gateway) -> None:
    await gateway.rows.run(
        """
        INSERT INTO orders (id, merchant_id, amount, currency, receipt)
        SELECT 'order_' || lpad(n::text, 22, '0'), %s, 100, 'INR', 'r' || n FROM generate_series(1, 5000) n
        """,
        (gateway.merchant_id,),
    )
    await gateway.rows.run("ANALYZE orders")
    plan = await gateway.rows.read(
        "EXPLAIN SELECT id FROM orders WHERE merchant_id = %s AND receipt = 'r7' "
        "ORDER BY created_at DESC, id DESC LIMIT 20",
        (gateway.merchant_id,),
    )
    assert any("idx_orders_receipt" in row["QUERY PLAN"] for row in plan)
