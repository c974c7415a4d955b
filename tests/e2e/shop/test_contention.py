"""Concurrent refunds of one payment, payments of one order, requests under one key."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.e2e.books import at_rest, rows
from tests.e2e.gateway import expect
from tests.e2e.stack import Stack

REFUNDS = 50
PAYMENTS = 20
SAME_KEY = 64


async def test_fifty_refunds_of_sixty_percent_at_once_are_one(shop: Stack) -> None:
    payment_id = await shop.gateway.paid(10_000)
    answers = await asyncio.gather(*(shop.gateway.refund(payment_id, 6_000) for _ in range(REFUNDS)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: REFUNDS - 1}
    refused = {answer.json()["error"]["description"] for answer in answers if answer.status_code == 400}
    assert refused == {"Refund amount exceeds available amount"}
    [accepted] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert (await shop.gateway.final_refund(accepted))["status"] == "processed"
    assert (await shop.gateway.refund(payment_id, 4_001)).status_code == 400
    expect(201, await shop.gateway.refund(payment_id, 4_000))


async def test_of_twenty_payments_of_one_order_at_most_one_succeeds(shop: Stack) -> None:
    order_id = await shop.gateway.order()
    answers = await asyncio.gather(*(shop.gateway.pay(order_id) for _ in range(PAYMENTS)))
    assert {answer.status_code for answer in answers} <= {201, 400, 409}
    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert made
    finals = await asyncio.gather(*(shop.gateway.final_payment(payment) for payment in made))
    assert Counter(payment["status"] for payment in finals)["success"] == 1
    charged = await rows(
        shop,
        "SELECT key FROM simulator_charges WHERE outcome = 'approved' AND key = ANY(%s)",
        made,
    )
    assert len(charged) == 1


async def test_64_first_requests_with_one_key_make_one_payment(shop: Stack) -> None:
    order_id = await shop.gateway.order()
    answers = await asyncio.gather(*(shop.gateway.pay(order_id, key="same") for _ in range(SAME_KEY)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    made = await rows(shop, "SELECT id FROM payments WHERE order_id = %s", order_id)
    assert len(made) == 1
    replay = await shop.gateway.pay(order_id, key="same")
    assert expect(201, replay)["id"] == made[0]["id"]
    await at_rest(shop)
