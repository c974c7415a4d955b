"""Refunds, endpoint by endpoint, and that no race gives back more than was paid."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import TYPE_CHECKING

import orjson
import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration


async def test_a_refund_is_created_as_the_contract_shows_it(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    wakes = gateway.wakes
    body = {"amount": 20000, "reason": "Customer requested refund ☕"}
    response = await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", body)
    assert response.status_code == 201
    refund = response.json()
    assert re.fullmatch(r"rfnd_[A-Za-z0-9]{16,}", refund["id"])
    assert refund == {
        "id": refund["id"],
        "entity": "refund",
        "payment_id": payment["id"],
        "amount": 20000,
        "currency": "INR",
        "reason": "Customer requested refund ☕",
        "status": "pending",
        "created_at": refund["created_at"],
    }
    [event] = await gateway.rows.read("SELECT * FROM events WHERE type LIKE 'refund%%'")
    assert (event["type"], event["subject_id"]) == ("refund.created", refund["id"])
    assert orjson.loads(event["payload"])["data"]["refund"] == {**refund, "processed_at": None}
    assert gateway.wakes == wakes + 1
    assert await gateway.rows.violations() == {}


async def test_a_refund_is_read_with_its_state(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    refund = (await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1})).json()
    assert refund["reason"] is None
    shown = {
        **refund,
        "processed_at": None,
        "requires_review": False,
        "error_code": None,
        "error_description": None,
    }
    assert (await gateway.get(f"/api/v1/refunds/{refund['id']}")).json() == shown
    listed = await gateway.get(f"/api/v1/payments/{payment['id']}/refunds")
    assert (listed.json(), listed.headers["x-total-count"]) == ([shown], "1")
    await gateway.rows.run(
        """
        UPDATE refunds SET status = 'processed', next_attempt_at = NULL,
               processed_at = '2024-01-15T10:33:04.567Z'
        """
    )
    processed = (await gateway.get(f"/api/v1/refunds/{refund['id']}")).json()
    assert (processed["status"], processed["processed_at"]) == ("processed", "2024-01-15T10:33:04.567Z")


async def test_all_of_it_may_be_given_back_in_parts_and_no_more(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    assert [(await gateway.post(route, {"amount": amount})).status_code for amount in (20000, 30000)] == [
        201,
        201,
    ]
    over = await gateway.post(route, {"amount": 1})
    assert (over.status_code, over.json()["error"]["description"]) == (
        400,
        "Refund amount exceeds available amount",
    )
    assert (await gateway.get(f"/api/v1/payments/{payment['id']}")).json()["amount_refunded"] == 50000


@pytest.mark.parametrize("body", [b"", {}, {"amount": None}])
@pytest.mark.parametrize("key", [None, "refund-1"])
async def test_a_refund_without_an_amount_is_of_the_rest(
    gateway: Gateway, body: object, key: str | None
) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    await gateway.post(route, {"amount": 20000})
    response = await gateway.post(route, body, key=key)
    assert (response.status_code, response.json()["amount"]) == (201, 30000)
    nothing_left = await gateway.post(route, {})
    assert nothing_left.json()["error"]["description"] == "Refund amount exceeds available amount"


async def test_a_failed_refund_no_longer_counts(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    await gateway.post(route, {"amount": 50000})
    await gateway.rows.run("UPDATE refunds SET status = 'failed', next_attempt_at = NULL")
    await gateway.rows.run("UPDATE payments SET amount_refunded = 0")
    assert (await gateway.post(route, {"amount": 50000})).status_code == 201


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ({"amount": "1"}, "amount must be an integer"),
        ({"amuont": 1}, "Unknown field: did you mean amount?"),
        ({"amount": 0}, "amount must be at least 1"),
        ({"amount": 50001}, "Refund amount exceeds available amount"),
        ({"amount": 1, "reason": 5}, "reason must be a string"),
        ({"amount": 1, "reason": "x" * 256}, "reason must be at most 255 characters"),
    ],
)
async def test_what_is_no_refund_is_refused(gateway: Gateway, body: object, description: str) -> None:
    payment = await gateway.successful_payment()
    response = await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", body)
    assert (response.status_code, response.json()["error"]["description"]) == (400, description)
    assert await gateway.rows.one("SELECT count(*) FROM refunds") == 0


@pytest.mark.parametrize("status", ["pending", "processing", "failed"])
async def test_only_a_successful_payment_is_refunded(gateway: Gateway, status: str) -> None:
    payment = await gateway.payment()
    due = None if status == "failed" else "2030-01-01"
    await gateway.rows.run("UPDATE payments SET status = %s, next_attempt_at = %s", (status, due))
    response = await gateway.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1})
    assert (response.status_code, response.json()["error"]["description"]) == (
        400,
        "Payment not in refundable state",
    )


@pytest.mark.parametrize("refund_id", ["rfnd_AAAAAAAAAAAAAAAAAAAAAA", "pay_1", "%00"])
async def test_an_unknown_refund_is_not_found(gateway: Gateway, refund_id: str) -> None:
    response = await gateway.get(f"/api/v1/refunds/{refund_id}")
    assert response.content == b'{"error":{"code":"NOT_FOUND_ERROR","description":"Refund not found"}}'


async def test_of_fifty_refunds_of_60_percent_at_once_one_is_accepted(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    responses = await asyncio.gather(*(gateway.post(route, {"amount": 30000}) for _ in range(50)))
    assert Counter(response.status_code for response in responses) == {201: 1, 400: 49}
    refused = {
        response.json()["error"]["description"] for response in responses if response.status_code == 400
    }
    assert refused == {"Refund amount exceeds available amount"}
    assert await gateway.rows.one("SELECT amount_refunded FROM payments") == 30000
    assert await gateway.rows.violations() == {}


async def test_many_small_refunds_at_once_fill_the_payment_exactly(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    responses = await asyncio.gather(*(gateway.post(route, {"amount": 7000}) for _ in range(20)))
    assert Counter(response.status_code for response in responses) == {201: 7, 400: 13}
    assert await gateway.rows.violations() == {}


async def test_refunds_and_a_capture_at_once_do_not_disturb_each_other(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    base = f"/api/v1/payments/{payment['id']}"
    refunds = [gateway.post(f"{base}/refunds", {"amount": 5000}) for _ in range(10)]
    captures = [gateway.post(f"{base}/capture", {"amount": 50000}) for _ in range(5)]
    responses = await asyncio.gather(*refunds, *captures)
    assert [response.status_code for response in responses[:10]] == [201] * 10
    assert Counter(response.status_code for response in responses[10:]) == {200: 1, 400: 4}
    assert await gateway.rows.violations() == {}
