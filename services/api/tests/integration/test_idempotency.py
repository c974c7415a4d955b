"""Idempotency keys: one effect, one answer, whatever happens around it (contract, Rules)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from api.idempotency import IdempotencyKey, look_up
from gateway_core.db.pool import transaction
from gateway_core.db.queries import idempotency
from gateway_core.db.queries.idempotency import KeyScope
from gateway_core.testing.factories import FakeClock

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

CARD = {
    "number": "4111111111111111", "expiry_month": "12", "expiry_year": "2040", "cvv": "737", "holder_name": "A",
}  # fmt: skip


async def body_of(gateway: Gateway, **more: object) -> dict[str, object]:
    return {"order_id": (await gateway.order())["id"], "method": "upi", "vpa": "user@paytm", **more}


async def payments(gateway: Gateway) -> int:
    count: int = await gateway.rows.one("SELECT count(*) FROM payments")
    return count


def assert_in_use(response: httpx.Response) -> None:
    assert response.status_code == 409
    assert response.headers["retry-after"] == "1"
    assert response.json()["error"]["code"] == "IDEMPOTENCY_KEY_IN_USE"


@pytest.mark.parametrize("route", ["/api/v1/payments", "/api/v1/payments/public"])
async def test_a_repeat_is_answered_with_the_same_bytes_and_has_no_effect(
    gateway: Gateway, route: str
) -> None:
    body = await body_of(gateway)
    first = await gateway.post(route, body, key="request_123_unique_key")
    second = await gateway.post(route, dict(reversed(body.items())), key="request_123_unique_key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await payments(gateway) == 1
    assert await gateway.rows.one("SELECT count(*) FROM events") == 2


async def test_a_replay_shows_the_first_answer_even_when_the_payment_has_moved_on(gateway: Gateway) -> None:
    body = await body_of(gateway)
    first = await gateway.post("/api/v1/payments", body, key="k")
    await gateway.succeed(first.json()["id"])
    second = await gateway.post("/api/v1/payments", body, key="k")
    assert (second.status_code, second.content) == (201, first.content)


async def test_a_repeat_after_the_card_has_expired_is_still_answered(gateway: Gateway) -> None:
    clock = FakeClock(datetime(2040, 12, 31, 23, 59, 59, tzinfo=UTC))
    gateway.services.payments._operation._clock = clock
    body = await body_of(gateway, method="card", card=CARD)
    first = await gateway.post("/api/v1/payments", body, key="k")
    clock.advance(1)
    second = await gateway.post("/api/v1/payments", body, key="k")
    assert (second.status_code, second.content) == (201, first.content)
    other = await gateway.post("/api/v1/payments", body, key="other")
    assert other.json()["error"]["code"] == "EXPIRED_CARD"


async def test_the_same_key_with_another_body_is_422(gateway: Gateway) -> None:
    body = await body_of(gateway)
    await gateway.post("/api/v1/payments", body, key="k")
    response = await gateway.post("/api/v1/payments", {**body, "vpa": "other@paytm"}, key="k")
    assert (response.status_code, response.json()["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert response.json()["error"]["description"].endswith("used with another request body")
    for other in ({"amount": 100}, body):
        elsewhere = await gateway.post("/api/v1/orders", {"amount": 100, **other}, key="k")
        assert (elsewhere.status_code, elsewhere.json()["error"]) == (
            422,
            {
                "code": "IDEMPOTENCY_KEY_REUSED",
                "description": "This Idempotency-Key was used with another request path",
            },
        )
    await gateway.rows.run("UPDATE idempotency_keys SET route = NULL")  # as a version before has stored it
    assert (await gateway.post("/api/v1/payments", body, key="k")).status_code == 201
    assert (await gateway.post("/api/v1/orders", {"amount": 100}, key="k")).status_code == 422
    assert await payments(gateway) == 1


async def test_a_refused_request_may_be_corrected_under_its_key(gateway: Gateway) -> None:
    body = await body_of(gateway)
    refused = await gateway.post("/api/v1/payments", {**body, "vpa": "wrong"}, key="k")
    corrected = await gateway.post("/api/v1/payments", body, key="k")
    assert (refused.status_code, corrected.status_code) == (400, 201)


async def test_another_key_is_another_payment(gateway: Gateway) -> None:
    body = await body_of(gateway)
    ids = {(await gateway.post("/api/v1/payments", body, key=key)).json()["id"] for key in ("a", "b")}
    assert len(ids) == 2


async def test_merchants_do_not_share_keys(gateway: Gateway) -> None:
    await gateway.add_other_merchant()
    one = await gateway.post("/api/v1/orders", {"amount": 100}, key="k")
    two = await gateway.post("/api/v1/orders", {"amount": 200}, key="k", headers=gateway.other_headers)
    assert (one.status_code, two.status_code) == (201, 201)


async def test_a_payers_key_is_not_the_merchants(gateway: Gateway) -> None:
    body = await body_of(gateway)
    await gateway.post("/api/v1/payments/public", body, key="k", headers={})
    response = await gateway.post("/api/v1/payments", body, key="k")
    assert response.status_code == 201
    assert await payments(gateway) == 2


async def test_a_key_is_free_again_after_24_hours(gateway: Gateway) -> None:
    body = await body_of(gateway)
    first = await gateway.post("/api/v1/payments", body, key="k")
    lifetime = "SELECT extract(epoch FROM expires_at - created_at)::int FROM idempotency_keys"
    assert await gateway.rows.one(lifetime) == 24 * 3600
    await gateway.rows.run("UPDATE idempotency_keys SET expires_at = now()")
    second = await gateway.post("/api/v1/payments", {**body, "vpa": "other@paytm"}, key="k")
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]
    third = await gateway.post("/api/v1/payments", {**body, "vpa": "other@paytm"}, key="k")
    assert third.content == second.content


async def test_of_64_first_requests_at_once_one_has_an_effect(gateway: Gateway) -> None:
    body = await body_of(gateway)
    responses = await asyncio.gather(*(gateway.post("/api/v1/payments", body, key="k") for _ in range(64)))
    created = [response for response in responses if response.status_code == 201]
    assert len({response.content for response in created}) == 1
    for response in responses:
        if response.status_code != 201:
            assert_in_use(response)
    assert await payments(gateway) == 1
    assert await gateway.rows.one("SELECT count(*) FROM events") == 2
    replay = await gateway.post("/api/v1/payments", body, key="k")
    assert replay.content == created[0].content


async def test_of_64_requests_over_16_keys_each_key_has_one_effect(gateway: Gateway) -> None:
    body = await body_of(gateway)
    keys = [f"key {number % 16}" for number in range(64)]
    responses = await asyncio.gather(*(gateway.post("/api/v1/payments", body, key=key) for key in keys))
    answers: dict[str, set[bytes]] = {}
    for key, response in zip(keys, responses, strict=True):
        if response.status_code == 201:
            answers.setdefault(key, set()).add(response.content)
    assert {key: len(contents) for key, contents in answers.items()} == dict.fromkeys(keys, 1)
    assert await payments(gateway) == 16


async def test_several_processes_share_the_keys(
    gateway: Gateway, make_gateway: Callable[[], Gateway]
) -> None:
    body = await body_of(gateway)
    async with make_gateway() as second:
        calls = [api.post("/api/v1/payments", body, key="k") for api in (gateway, second) for _ in range(20)]
        responses = await asyncio.gather(*calls)
    assert set(Counter(response.status_code for response in responses)) <= {201, 409}
    assert len({response.content for response in responses if response.status_code == 201}) == 1
    assert await payments(gateway) == 1


async def test_while_the_first_request_runs_the_second_is_told_to_wait(gateway: Gateway) -> None:
    body = await body_of(gateway)
    async with transaction(gateway.pool) as conn:  # another process, between its lock and its commit
        await idempotency.look_up(conn, [KeyScope(gateway.merchant_id, "k")])
        assert_in_use(await gateway.post("/api/v1/payments", body, key="k"))
        assert (await gateway.post("/api/v1/payments", body, key="other")).status_code == 201
    assert (await gateway.post("/api/v1/payments", body, key="k")).status_code == 201


async def test_of_equal_keys_in_one_transaction_the_first_wins(gateway: Gateway) -> None:
    same, other = (
        IdempotencyKey(key, "POST /", b"f").of_merchant(gateway.merchant_id) for key in ("same", "other")
    )
    async with transaction(gateway.pool) as conn:
        outcomes = await look_up(conn, [same, None, same, other, same])
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [
        None,
        None,
        "IDEMPOTENCY_KEY_IN_USE",
        None,
        "IDEMPOTENCY_KEY_IN_USE",
    ]


async def test_a_refund_and_a_capture_have_keys_too(gateway: Gateway) -> None:
    payment = await gateway.successful_payment()
    route = f"/api/v1/payments/{payment['id']}/refunds"
    responses = await asyncio.gather(*(gateway.post(route, {"amount": 1000}, key="k") for _ in range(10)))
    assert len({response.content for response in responses if response.status_code == 201}) == 1
    assert set(Counter(response.status_code for response in responses)) <= {201, 409}
    assert await gateway.rows.one("SELECT amount_refunded FROM payments") == 1000
    other = await gateway.post(route, {"amount": 2000}, key="k")
    assert other.status_code == 422


async def test_an_answer_that_never_arrived_is_given_again(gateway: Gateway) -> None:
    """The process committed and died, or the connection broke, before the answer was sent."""
    body = await body_of(gateway)

    async def broken(_message: object) -> None:
        raise ConnectionResetError

    request = gateway.client.build_request(
        "POST", "/api/v1/payments", json=body, headers={**gateway.headers, "Idempotency-Key": "k"}
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/payments",
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": request.content, "more_body": False}

    with pytest.raises(ConnectionResetError):
        await gateway.app(scope, receive, broken)
    stored = await gateway.rows.one("SELECT response::text FROM idempotency_keys")
    retried = await gateway.post("/api/v1/payments", body, key="k")
    assert (retried.status_code, retried.text) == (201, stored)
    assert await payments(gateway) == 1


async def test_a_caller_that_hangs_up_leaves_a_whole_payment(gateway: Gateway) -> None:
    body = await body_of(gateway)
    call = asyncio.create_task(gateway.post("/api/v1/payments", body, key="k"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    retried = await gateway.post("/api/v1/payments", body, key="k")
    while retried.status_code == 409:
        retried = await gateway.post("/api/v1/payments", body, key="k")
    assert retried.status_code == 201
    assert await payments(gateway) == 1
    assert await gateway.rows.violations() == {}


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_out_of_bounds_is_refused(gateway: Gateway, key: str) -> None:
    response = await gateway.post("/api/v1/orders", {"amount": 100}, key=key)
    assert (response.status_code, response.json()["error"]["field"]) == (400, "Idempotency-Key")
