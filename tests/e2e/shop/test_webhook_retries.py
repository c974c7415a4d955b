"""Failed deliveries are retried on the test schedule; a merchant can retry one."""

from __future__ import annotations

from itertools import pairwise

from gateway_core.testing.factories import eventually
from gateway_core.testing.receiver import Received
from tests.e2e.books import at_rest, webhooks_to
from tests.e2e.gateway import WEBHOOK_SECRET, expect
from tests.e2e.stack import Stack

PATH = "/retries"
EVENTS = 3
GAPS_S = (5.0, 10.0)
# The gap is counted from when the attempt was recorded, and the machine may be busy.
EARLY_S, LATE_S = 0.1, 2.0
RETRIES_TIMEOUT_S = 30.0


async def test_a_receiver_that_fails_twice_is_tried_after_5_and_10_seconds(shop: Stack) -> None:
    shop.receiver.script(*[503] * 2 * EVENTS, path=PATH)
    came = shop.receiver.received
    async with webhooks_to(shop, shop.receiver.url(PATH)):
        payment_id = await shop.gateway.paid()
        await eventually(lambda: len(came(PATH)) >= 3 * EVENTS, timeout_s=RETRIES_TIMEOUT_S)
    by_id = _by_id([request for request in came(PATH) if payment_id.encode() in request.body])
    assert len(by_id) == EVENTS
    for attempts in by_id.values():
        assert len({request.body for request in attempts}) == 1
        assert all(request.signed_by(WEBHOOK_SECRET) for request in attempts)
        gaps = [later.at_s - earlier.at_s for earlier, later in pairwise(attempts)]
        assert len(gaps) == len(GAPS_S)
        for gap_s, wanted_s in zip(gaps, GAPS_S, strict=True):
            assert wanted_s - EARLY_S <= gap_s <= wanted_s + LATE_S, gaps
    logs = (await shop.gateway.get("/webhooks?limit=3"))["data"]
    assert [(log["status"], log["attempts"], log["response_code"]) for log in logs] == [
        ("success", 3, 200)
    ] * 3


async def test_a_manual_retry_sends_the_same_delivery_again(shop: Stack) -> None:
    await at_rest(shop)
    payment_id = await shop.gateway.paid()
    await at_rest(shop)
    log = (await shop.gateway.get("/webhooks?limit=1"))["data"][0]
    before = _of(shop, payment_id, log["event"])
    answer = expect(200, await shop.gateway.post(f"/webhooks/{log['id']}/retry", {}))
    assert answer == {"id": log["id"], "status": "pending", "message": "Webhook retry scheduled"}
    await eventually(lambda: len(_of(shop, payment_id, log["event"])) == len(before) + 1)
    first, again = before[0], _of(shop, payment_id, log["event"])[-1]
    assert again.body == first.body
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.signed_by(WEBHOOK_SECRET)
    await at_rest(shop)
    retried = (await shop.gateway.get("/webhooks?limit=1"))["data"][0]
    assert (retried["id"], retried["status"], retried["attempts"]) == (log["id"], "success", 1)


def _of(stack: Stack, payment_id: str, event: str) -> list[Received]:
    return [
        request
        for request in stack.receiver.received()
        if request.event == event and payment_id.encode() in request.body
    ]


def _by_id(requests: list[Received]) -> dict[str, list[Received]]:
    attempts: dict[str, list[Received]] = {}
    for request in requests:
        attempts.setdefault(request.headers["webhook-id"], []).append(request)
    return attempts
