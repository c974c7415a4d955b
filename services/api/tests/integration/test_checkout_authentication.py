"""The extra step of some cards: a code within ten minutes, three tries, counted where every process sees it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gateway_core.acquiring.scenarios import CHALLENGE_CODE, CHALLENGED_LAST4
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import payment_work
from gateway_core.db.queries.leases import Claimed
from gateway_core.domain.acquiring import Declined
from gateway_core.domain.authentication import AUTHENTICATION_WINDOW_S
from gateway_core.domain.payment import Refusal
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

NUMBER = "4000 0000 0000 3220"
CARD = {"number": NUMBER, "expiry_month": "12", "expiry_year": "40", "cvv": "737", "holder_name": "A"}
ROUTES = ["/api/v1/payments", "/api/v1/payments/public"]
WRONG = "000000"
NOT_WAITING = (400, "Payment is not waiting for a code")
INCORRECT = (400, "Incorrect code")
WINDOW = timedelta(seconds=AUTHENTICATION_WINDOW_S)


async def challenged(gateway: Gateway, route: str = ROUTES[1], *, key: str | None = None) -> dict[str, Any]:
    """A new payment by the card that asks for a code."""
    order = await gateway.order()
    body = {"order_id": order["id"], "method": "card", "card": CARD}
    response = await gateway.post(route, body, key=key)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


async def enter(gateway: Gateway, made: dict[str, Any], code: str = CHALLENGE_CODE) -> httpx.Response:
    headers = {"X-Client-Secret": made["client_secret"]}
    return await gateway.post(f"/api/v1/payments/{made['id']}/authenticate", {"otp": code}, headers=headers)


async def look(gateway: Gateway, made: dict[str, Any]) -> dict[str, Any]:
    headers = {"X-Client-Secret": made["client_secret"]}
    response = await gateway.get(f"/api/v1/payments/{made['id']}/checkout", headers=headers)
    assert response.status_code == 200
    shown: dict[str, Any] = response.json()
    return shown


async def row_of(gateway: Gateway, made: dict[str, Any]) -> dict[str, Any]:
    (row,) = await gateway.rows.read("SELECT * FROM payments WHERE id = %s", (made["id"],))
    return row


async def events_of(gateway: Gateway, made: dict[str, Any]) -> list[str]:
    return await gateway.rows.values(
        "SELECT type FROM events WHERE subject_id = %s ORDER BY id", (made["id"],)
    )


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["description"]


async def end_window(gateway: Gateway) -> None:
    await gateway.rows.run(
        "UPDATE payments SET created_at = created_at - %s, next_attempt_at = now()", (WINDOW,)
    )


async def claim(pool: Pool) -> list[Claimed]:
    async with transaction(pool) as conn:
        return await payment_work.claim_due(conn, limit=100, lease_s=20)


@pytest.mark.parametrize("route", ROUTES)
async def test_the_card_asks_its_payer_for_a_code(gateway: Gateway, route: str) -> None:
    made = await challenged(gateway, route)
    assert (made["status"], made["card_last4"]) == ("pending", CHALLENGED_LAST4)
    assert made["next_action"] == {"type": "otp", "attempts_left": 3}
    row = await row_of(gateway, made)
    assert (row["authentication"], row["authentication_attempts"]) == ("required", 0)
    assert row["next_attempt_at"] - row["created_at"] == WINDOW
    assert await claim(gateway.pool) == []
    assert await gateway.rows.violations() == {}


@pytest.mark.parametrize("route", ROUTES)
async def test_its_creation_is_replayed_byte_by_byte_without_storing_the_secret(
    gateway: Gateway, route: str
) -> None:
    body = {"order_id": (await gateway.order())["id"], "method": "card", "card": CARD}
    first, second = [await gateway.post(route, body, key="k") for _ in range(2)]
    assert (second.content, second.headers["idempotent-replayed"]) == (first.content, "true")
    stored = await gateway.rows.one("SELECT response::text FROM idempotency_keys")
    assert "client_secret" not in stored
    assert await enter(gateway, second.json()) is not None


@pytest.mark.parametrize("route", ROUTES)
async def test_in_test_mode_no_code_is_asked_for(make_gateway: Callable[..., Gateway], route: str) -> None:
    async with make_gateway(test_mode=True) as gateway:
        made = await challenged(gateway, route)
        assert made.get("next_action") is None
        assert (await row_of(gateway, made))["authentication"] is None
        assert [each.lease.id for each in await claim(gateway.pool)] == [made["id"]]


async def test_other_cards_ask_for_none(gateway: Gateway) -> None:
    order = await gateway.order()
    card = {**CARD, "number": "4000000000000010"}
    made = await gateway.post("/api/v1/payments", {"order_id": order["id"], "method": "card", "card": card})
    assert not {"next_action", "client_secret"} & set(made.json())
    assert (await row_of(gateway, made.json()))["authentication"] is None


async def test_the_right_code_sends_the_payment_to_the_bank_at_once(gateway: Gateway) -> None:
    made = await challenged(gateway)
    response = await enter(gateway, made)
    assert response.status_code == 200
    assert response.json() == await look(gateway, made)
    assert (response.json()["status"], response.json()["next_action"]) == ("pending", None)
    (claimed,) = await claim(gateway.pool)
    assert claimed.refusal is None
    assert await events_of(gateway, made) == ["payment.created", "payment.pending"]
    assert await gateway.rows.violations() == {}


async def test_the_right_code_may_be_sent_again_when_its_answer_was_lost(gateway: Gateway) -> None:
    made = await challenged(gateway)
    first, second = await enter(gateway, made), await enter(gateway, made)
    assert (first.status_code, second.status_code) == (200, 200)
    await claim(gateway.pool)
    third = await enter(gateway, made)
    assert (third.status_code, third.json()["status"]) == (200, "processing")
    assert refusal(await enter(gateway, made, WRONG)) == NOT_WAITING
    assert (await row_of(gateway, made))["authentication_attempts"] == 1


async def test_a_wrong_code_leaves_fewer_tries(gateway: Gateway) -> None:
    made = await challenged(gateway)
    for left in (2, 1):
        assert refusal(await enter(gateway, made, WRONG)) == INCORRECT
        assert (await look(gateway, made))["next_action"] == {"type": "otp", "attempts_left": left}
    assert (await enter(gateway, made)).status_code == 200


async def test_the_third_wrong_code_fails_the_payment(gateway: Gateway) -> None:
    made = await challenged(gateway)
    for _ in range(3):
        assert refusal(await enter(gateway, made, WRONG)) == INCORRECT
    shown = await look(gateway, made)
    assert (shown["status"], shown["next_action"]) == ("failed", None)
    assert (shown["error_code"], shown["error_description"]) == ("PAYMENT_FAILED", "Authentication failed")
    assert (await row_of(gateway, made))["authentication"] == "failed"
    assert await events_of(gateway, made) == ["payment.created", "payment.pending", "payment.failed"]
    payload = await gateway.rows.one("SELECT payload FROM events WHERE type = 'payment.failed'")
    announced = json.loads(payload)["data"]["payment"]
    assert (announced["status"], announced["error_description"]) == ("failed", "Authentication failed")
    assert refusal(await enter(gateway, made)) == NOT_WAITING
    assert await claim(gateway.pool) == []
    assert await gateway.rows.violations() == {}
    order = (await gateway.get(f"/api/v1/orders/{made['order_id']}/public", headers={})).json()
    assert order["payment_id"] is None


async def test_guesses_at_once_are_all_counted(gateway: Gateway) -> None:
    made = await challenged(gateway)
    answers = await asyncio.gather(*(enter(gateway, made, f"{number:06d}") for number in range(20)))
    assert Counter(refusal(answer) for answer in answers) == {INCORRECT: 3, NOT_WAITING: 17}
    assert (await row_of(gateway, made))["authentication_attempts"] == 3
    assert (await events_of(gateway, made)).count("payment.failed") == 1


@pytest.mark.parametrize("code", [None, "", "12345", "1234567", "12345x", 123456])
async def test_what_is_no_code_is_no_try(gateway: Gateway, code: Any) -> None:
    made = await challenged(gateway)
    assert refusal(await enter(gateway, made, code)) == (400, "otp must be 6 digits")
    assert (await row_of(gateway, made))["authentication_attempts"] == 0


async def test_a_code_is_only_for_payments_that_ask_for_one(gateway: Gateway) -> None:
    order = await gateway.order()
    body = {"order_id": order["id"], "method": "upi", "vpa": "a@b"}
    made = (await gateway.post("/api/v1/payments/public", body)).json()
    assert refusal(await enter(gateway, made)) == NOT_WAITING


async def test_after_the_window_the_code_is_too_late(gateway: Gateway) -> None:
    made = await challenged(gateway)
    await end_window(gateway)
    assert (await look(gateway, made))["next_action"] is None
    assert refusal(await enter(gateway, made)) == NOT_WAITING
    (claimed,) = await claim(gateway.pool)
    assert claimed.refusal == Declined(Refusal.NOT_AUTHENTICATED)


@pytest.mark.parametrize("round_number", range(5))
async def test_a_code_that_races_with_the_end_of_the_window_counts_or_does_not(
    gateway: Gateway, round_number: int
) -> None:
    """The processor claims for refusal only what has not passed, and nothing passes after that claim."""
    mades = [await challenged(gateway) for _ in range(8)]
    await gateway.rows.run("UPDATE payments SET next_attempt_at = now()")
    claiming = asyncio.create_task(claim(gateway.pool))
    answers = await asyncio.gather(*(enter(gateway, made) for made in mades))
    claims = await claiming
    refused = {each.id for each in claims if each.refusal}
    for made, answer in zip(mades, answers, strict=True):
        assert answer.status_code == (400 if made["id"] in refused else 200)
        row = await row_of(gateway, made)
        assert row["authentication"] == ("required" if made["id"] in refused else "passed")


async def test_a_code_that_waits_for_the_claim_is_too_late(gateway: Gateway) -> None:
    made = await challenged(gateway)
    await gateway.rows.run("UPDATE payments SET next_attempt_at = now()")
    async with transaction(gateway.pool) as conn:
        assert len(await payment_work.claim_due(conn, limit=1, lease_s=20)) == 1
        entering = asyncio.create_task(enter(gateway, made))
        await eventually(lambda: gateway.rows.one("SELECT count(*) FROM pg_locks WHERE NOT granted"))
    assert refusal(await entering) == NOT_WAITING
    row = await row_of(gateway, made)
    assert (row["status"], row["authentication"]) == ("processing", "required")


async def test_it_holds_no_slot_while_it_waits(gateway: Gateway) -> None:
    made = await challenged(gateway)
    body = {"order_id": made["order_id"], "method": "upi", "vpa": "success@bank"}
    sibling = (await gateway.post("/api/v1/payments", body)).json()
    assert [each.lease.id for each in await claim(gateway.pool)] == [sibling["id"]]
