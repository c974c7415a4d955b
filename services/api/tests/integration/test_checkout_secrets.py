"""With its client secret a payer sees and cancels one payment; without it, there is no such payment."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import payment_work
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

CARD = {
    "number": "4111111111111111",
    "expiry_month": "12",
    "expiry_year": "40",
    "cvv": "737",
    "holder_name": "A",
}
TOO_LATE = (400, "Payment can no longer be cancelled")
UNKNOWN = "pay_AAAAAAAAAAAAAAAAAAAAAA"


async def checkout(gateway: Gateway, **instrument: object) -> dict[str, Any]:
    """A new payment, made by the checkout's page."""
    order = await gateway.order()
    chosen = instrument or {"method": "upi", "vpa": "user@paytm"}
    response = await gateway.post("/api/v1/payments/public", {"order_id": order["id"], **chosen}, headers={})
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def act(
    gateway: Gateway, made: dict[str, Any], action: str, secret: str | None = None
) -> httpx.Response:
    headers = {"X-Client-Secret": made["client_secret"] if secret is None else secret}
    path = f"/api/v1/payments/{made['id']}/{action}"
    if action == "checkout":
        return await gateway.get(path, headers=headers)
    return await gateway.post(path, {"otp": "123456"}, headers=headers)


async def claim(pool: Pool) -> list[str]:
    async with transaction(pool) as conn:
        return [each.lease.id for each in await payment_work.claim_due(conn, limit=100, lease_s=20)]


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["description"]


async def test_a_payer_sees_the_payment_with_its_instrument(gateway: Gateway) -> None:
    made = await checkout(gateway)
    response = await act(gateway, made, "checkout")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert response.json() == {
        "id": made["id"],
        "order_id": made["order_id"],
        "amount": 50000,
        "currency": "INR",
        "method": "upi",
        "status": "pending",
        "error_code": None,
        "error_description": None,
        "next_action": None,
        "signature": None,
        "vpa": "user@paytm",
    }


async def test_of_a_card_the_payer_sees_network_and_last_four(gateway: Gateway) -> None:
    shown = (await act(gateway, await checkout(gateway, method="card", card=CARD), "checkout")).json()
    assert (shown["card_network"], shown["card_last4"]) == ("visa", "1111")
    assert "vpa" not in shown


@pytest.mark.parametrize("action", ["checkout", "authenticate", "cancel"])
async def test_a_wrong_secret_is_answered_like_an_unknown_payment(gateway: Gateway, action: str) -> None:
    made, other = await checkout(gateway), await checkout(gateway)
    unknown = await act(gateway, {**made, "id": UNKNOWN}, action)
    assert refusal(unknown) == (404, "Payment not found")
    for secret in (
        "",
        "x",
        other["client_secret"],
        made["client_secret"][:-1],
        made["client_secret"] + "0",
        "é",
    ):
        headers = httpx.Headers({"X-Client-Secret": secret}, encoding="latin-1")
        path = f"/api/v1/payments/{made['id']}/{action}"
        body = {"otp": "123456"}
        wrong = await (
            gateway.client.get(path, headers=headers)
            if action == "checkout"
            else gateway.client.post(path, json=body, headers=headers)
        )
        assert (wrong.status_code, wrong.content) == (404, unknown.content)
    assert (await act(gateway, made, "checkout")).json()["status"] == "pending"


async def test_the_merchants_credentials_are_no_client_secret(gateway: Gateway) -> None:
    made = await checkout(gateway)
    response = await gateway.get(f"/api/v1/payments/{made['id']}/checkout")
    assert refusal(response) == (404, "Payment not found")


@pytest.mark.parametrize("payment_id", ["pay_1", "order_AAAAAAAAAAAAAAAAAAAAAA", "%00", "%F0%9F%98%80"])
async def test_what_is_no_id_has_no_secret(gateway: Gateway, payment_id: str) -> None:
    response = await act(gateway, {"id": payment_id, "client_secret": "x"}, "checkout")
    assert refusal(response) == (404, "Payment not found")


async def test_a_successful_payment_is_signed_for_the_merchants_server(gateway: Gateway) -> None:
    made = await checkout(gateway)
    await gateway.succeed(made["id"])
    shown = (await act(gateway, made, "checkout")).json()
    text = f"{made['order_id']}|{made['id']}".encode()
    assert shown["signature"] == hmac.new(b"whsec_test_abc123", text, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", ["pending", "processing", "failed"])
async def test_nothing_else_is_signed(gateway: Gateway, status: str) -> None:
    made = await checkout(gateway)
    await gateway.rows.run(
        "UPDATE payments SET status = %(to)s, next_attempt_at = CASE %(to)s WHEN 'failed' THEN NULL ELSE now() END",
        {"to": status},
    )
    assert (await act(gateway, made, "checkout")).json()["signature"] is None


@pytest.mark.parametrize("sealed", [None, b"sealed under a key that is gone"])
async def test_without_a_secret_to_sign_with_the_payer_still_sees_the_success(
    gateway: Gateway, sealed: bytes | None
) -> None:
    made = await checkout(gateway)
    await gateway.succeed(made["id"])
    await gateway.rows.run("UPDATE merchants SET webhook_secret_encrypted = %s", (sealed,))
    shown = (await act(gateway, made, "checkout")).json()
    assert (shown["status"], shown["signature"]) == ("success", None)


async def test_a_cancelled_payment_has_failed_and_is_announced(gateway: Gateway) -> None:
    made = await checkout(gateway)
    response = await act(gateway, made, "cancel")
    assert response.status_code == 200
    shown = response.json()
    assert shown == (await act(gateway, made, "checkout")).json()
    assert (shown["status"], shown["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert shown["error_description"] == "Cancelled by the customer"
    events = await gateway.rows.read("SELECT type, payload FROM events ORDER BY id")
    assert [event["type"] for event in events] == ["payment.created", "payment.pending", "payment.failed"]
    announced = json.loads(events[-1]["payload"])["data"]["payment"]
    assert (announced["id"], announced["status"]) == (made["id"], "failed")
    assert announced["error_description"] == "Cancelled by the customer"
    assert gateway.wakes == 2
    assert await claim(gateway.pool) == []
    assert await gateway.rows.violations() == {}


async def test_a_payment_is_cancelled_once_and_the_order_may_be_paid_again(gateway: Gateway) -> None:
    made = await checkout(gateway)
    assert (await act(gateway, made, "cancel")).status_code == 200
    assert refusal(await act(gateway, made, "cancel")) == TOO_LATE
    body = {"order_id": made["order_id"], "method": "upi", "vpa": "user@paytm"}
    assert (await gateway.post("/api/v1/payments/public", body, headers={})).status_code == 201


async def test_what_the_processor_has_claimed_is_not_cancelled(gateway: Gateway) -> None:
    made = await checkout(gateway)
    assert await claim(gateway.pool) == [made["id"]]
    assert refusal(await act(gateway, made, "cancel")) == TOO_LATE
    await gateway.succeed(made["id"])
    assert refusal(await act(gateway, made, "cancel")) == TOO_LATE
    assert (await act(gateway, made, "checkout")).json()["status"] == "success"


async def test_a_payment_that_waits_for_a_code_may_be_cancelled(gateway: Gateway) -> None:
    made = await checkout(gateway, method="card", card={**CARD, "number": "4000000000003220"})
    shown = (await act(gateway, made, "cancel")).json()
    assert (shown["status"], shown["next_action"]) == ("failed", None)
    assert refusal(await act(gateway, made, "authenticate")) == (400, "Payment is not waiting for a code")


@pytest.mark.parametrize("round_number", range(5))
async def test_a_cancel_that_races_with_the_claim_wins_or_loses(gateway: Gateway, round_number: int) -> None:
    mades = [await checkout(gateway) for _ in range(8)]
    claiming = asyncio.create_task(claim(gateway.pool))
    answers = await asyncio.gather(*(act(gateway, made, "cancel") for made in mades))
    claimed = await claiming
    for made, answer in zip(mades, answers, strict=True):
        lost = made["id"] in claimed
        assert answer.status_code == (400 if lost else 200)
        status = (await act(gateway, made, "checkout")).json()["status"]
        assert status == ("processing" if lost else "failed")
    assert await gateway.rows.violations() == {}


async def test_a_cancel_that_waits_for_the_claim_loses(gateway: Gateway) -> None:
    made = await checkout(gateway)
    async with transaction(gateway.pool) as conn:
        assert len(await payment_work.claim_due(conn, limit=1, lease_s=20)) == 1
        cancelling = asyncio.create_task(act(gateway, made, "cancel"))
        await eventually(lambda: gateway.rows.one("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    assert refusal(await cancelling) == TOO_LATE
    assert await gateway.rows.statuses([made["id"]]) == ["processing"]


async def test_twenty_cancels_at_once_are_one(gateway: Gateway) -> None:
    made = await checkout(gateway)
    answers = await asyncio.gather(*(act(gateway, made, "cancel") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    assert await gateway.rows.one("SELECT count(*) FROM events WHERE type = 'payment.failed'") == 1
