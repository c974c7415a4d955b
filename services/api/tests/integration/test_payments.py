"""Payments, endpoint by endpoint (contract, Endpoints and Rules)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

ROUTES = ["/api/v1/payments", "/api/v1/payments/public"]
UPI = {"method": "upi", "vpa": "user@paytm"}
CARD: dict[str, Any] = {
    "method": "card",
    "card": {
        "number": "4111-1111 11111111", "expiry_month": "12", "expiry_year": "40", "cvv": "737", "holder_name": "A",
    },
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
async def test_a_upi_payment_is_created_as_the_contract_shows_it(gateway: Gateway, route: str) -> None:
    order = await gateway.order()
    headers = {} if route.endswith("public") else gateway.headers
    response = await gateway.post(route, {"order_id": order["id"], **UPI}, headers=headers)
    assert response.status_code == 201
    payment = response.json()
    assert re.fullmatch(r"pay_[A-Za-z0-9]{16,}", payment["id"])
    for_the_browser = {"client_secret", "next_action"} & set(payment)
    assert for_the_browser == ({"client_secret", "next_action"} if route.endswith("public") else set())
    assert {name: value for name, value in payment.items() if name not in for_the_browser} == {
        "id": payment["id"],
        "entity": "payment",
        "order_id": order["id"],
        "amount": 50000,
        "currency": "INR",
        "method": "upi",
        "vpa": "user@paytm",
        "status": "pending",
        "created_at": payment["created_at"],
    }
    assert gateway.wakes == 1


@pytest.mark.parametrize("route", ROUTES)
async def test_of_a_card_network_and_last_four_are_shown(gateway: Gateway, route: str) -> None:
    order = await gateway.order()
    payment = (await gateway.post(route, {"order_id": order["id"], **CARD})).json()
    assert (payment["card_network"], payment["card_last4"]) == ("visa", "1111")
    assert not {"vpa", "card", "number", "cvv", "holder_name"} & set(payment)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("change", "code", "description"),
    [
        ({"method": "cash"}, "BAD_REQUEST_ERROR", "Invalid payment method"),
        ({"vpa": "nobody"}, "INVALID_VPA", "VPA format invalid"),
        ({"method": "card"}, "INVALID_CARD", "Card validation failed"),
        (
            {"method": "card", "card": {**CARD["card"], "number": "1"}},
            "INVALID_CARD",
            "Card validation failed",
        ),
        (
            {"method": "card", "card": {**CARD["card"], "expiry_year": "20"}},
            "EXPIRED_CARD",
            "Card expiry date invalid",
        ),
        (
            {"method": "card", "card": {**CARD["card"], "expiry_month": "13"}},
            "EXPIRED_CARD",
            "Card expiry date invalid",
        ),
    ],
)
async def test_what_cannot_be_charged_is_refused(
    gateway: Gateway, route: str, change: dict[str, object], code: str, description: str
) -> None:
    order = await gateway.order()
    response = await gateway.post(route, {"order_id": order["id"], **UPI, **change})
    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["code"], error["description"]) == (code, description)
    assert await gateway.rows.one("SELECT count(*) FROM payments") == 0


@pytest.mark.parametrize("route", ROUTES)
async def test_an_order_must_exist_and_be_unpaid(gateway: Gateway, route: str) -> None:
    unknown = await gateway.post(route, {"order_id": "order_AAAAAAAAAAAAAAAAAAAAAA", **UPI})
    assert (unknown.status_code, unknown.json()["error"]["description"]) == (404, "Order not found")
    missing = await gateway.post(route, UPI)
    assert (missing.status_code, missing.json()["error"]["description"]) == (400, "order_id is required")
    paid = await gateway.successful_payment()
    again = await gateway.post(route, {"order_id": paid["order_id"], **UPI})
    assert (again.status_code, again.json()["error"]["description"]) == (400, "Order already paid")


async def test_a_payment_and_its_two_events_commit_together(gateway: Gateway) -> None:
    order = await gateway.order(receipt="चाय ☕", notes={"7": "seven", "a": "₹"})
    response = await gateway.post("/api/v1/payments", {"order_id": order["id"], **UPI})
    payment = response.json()
    events = await gateway.rows.read("SELECT type, subject_id, payload FROM events ORDER BY id")
    assert [(event["type"], event["subject_id"]) for event in events] == [
        ("payment.created", payment["id"]),
        ("payment.pending", payment["id"]),
    ]
    for event in events:
        body = orjson.loads(event["payload"])
        assert body["event"] == event["type"]
        assert body["data"]["payment"]["receipt"] == "चाय ☕"
        assert body["data"]["payment"]["status"] == "pending"
        assert body["data"]["payment"]["created_at"] == payment["created_at"]
    assert await gateway.rows.violations() == {}


async def test_a_payment_is_read_with_its_state(gateway: Gateway) -> None:
    payment = await gateway.payment()
    await gateway.rows.run(
        """
        UPDATE payments SET status = 'failed', next_attempt_at = NULL, error_code = 'PAYMENT_FAILED',
               error_description = 'Declined'
        """
    )
    response = await gateway.get(f"/api/v1/payments/{payment['id']}")
    assert response.status_code == 200
    assert response.json() == {
        **payment,
        "status": "failed",
        "captured": False,
        "amount_refunded": 0,
        "requires_review": False,
        "error_code": "PAYMENT_FAILED",
        "error_description": "Declined",
        "receipt": None,
        "updated_at": payment["created_at"],
    }


async def test_a_payer_sees_no_instrument(gateway: Gateway) -> None:
    payment = await gateway.payment()
    response = await gateway.get(f"/api/v1/payments/{payment['id']}/public", headers={})
    shown = {key: value for key, value in payment.items() if key not in ("entity", "vpa")}
    assert response.json() == {**shown, "updated_at": payment["created_at"]}


@pytest.mark.parametrize("suffix", ["", "/public", "/refunds"])
@pytest.mark.parametrize("payment_id", ["pay_AAAAAAAAAAAAAAAAAAAAAA", "public", "order_1", "%00", "%ff"])
async def test_an_unknown_payment_is_not_found(gateway: Gateway, payment_id: str, suffix: str) -> None:
    response = await gateway.get(f"/api/v1/payments/{payment_id}{suffix}")
    assert response.status_code == 404
    assert response.content == b'{"error":{"code":"NOT_FOUND_ERROR","description":"Payment not found"}}'


async def test_a_successful_payment_is_captured_once(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/capture"
    response = await gateway.post(route, {"amount": 50000})
    assert response.status_code == 200
    captured = response.json()
    assert (captured["id"], captured["captured"], captured["status"]) == (payment["id"], True, "success")
    assert captured == (await gateway.get(f"/api/v1/payments/{payment['id']}")).json()
    again = await gateway.post(route, {"amount": 50000})
    assert (again.status_code, again.json()["error"]["description"]) == (
        400,
        "Payment not in capturable state",
    )


async def test_a_capture_with_a_key_is_replayed(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/capture"
    first = await gateway.post(route, {"amount": 50000}, key="capture-1")
    second = await gateway.post(route, {"amount": 50000}, key="capture-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("amount", "description"),
    [
        (49999, "Capture amount must equal the payment amount"),
        (50001, "Capture amount must equal the payment amount"),
        (0, "amount must be at least 1"),
        ("50000", "amount must be an integer"),
    ],
)
async def test_only_all_of_it_is_captured(gateway: Gateway, amount: object, description: str) -> None:
    payment = await gateway.successful_payment()
    response = await gateway.post(f"/api/v1/payments/{payment['id']}/capture", {"amount": amount})
    assert (response.status_code, response.json()["error"]["description"]) == (400, description)
    assert await gateway.rows.one("SELECT captured FROM payments") is False


@pytest.mark.parametrize("body", [b"", {}, {"amount": None}])
@pytest.mark.parametrize("key", [None, "capture-1"])
async def test_a_capture_without_an_amount_is_of_all(gateway: Gateway, body: object, key: str | None) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/capture"
    response = await gateway.post(route, body, key=key)
    assert (response.status_code, response.json()["captured"]) == (200, True)


async def test_what_is_wholly_refunded_is_not_captured(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}"
    await gateway.post(f"{route}/refunds", {"amount": 49999})
    assert (await gateway.post(f"{route}/refunds", {})).json()["amount"] == 1
    response = await gateway.post(f"{route}/capture", {"amount": 50000})
    assert (response.status_code, response.json()["error"]["description"]) == (
        400,
        "Payment not in capturable state",
    )
    assert await gateway.rows.one("SELECT captured FROM payments") is False


@pytest.mark.parametrize("route", ["/api/v1/payments", "/api/v1/payments/public"])
async def test_upi_takes_rupees_only(gateway: Gateway, route: str) -> None:
    order = await gateway.order(currency="USD")
    response = await gateway.post(route, {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"})
    assert (response.status_code, response.json()["error"]) == (
        400,
        {"code": "BAD_REQUEST_ERROR", "description": "UPI payments must be in INR", "field": "method"},
    )
    assert await gateway.rows.one("SELECT count(*) FROM payments") == 0


async def test_a_pending_payment_is_not_captured(gateway: Gateway) -> None:
    payment = await gateway.payment()
    response = await gateway.post(f"/api/v1/payments/{payment['id']}/capture", {"amount": 50000})
    assert response.json()["error"]["description"] == "Payment not in capturable state"
