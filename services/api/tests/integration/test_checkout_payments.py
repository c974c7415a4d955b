"""Payments from the checkout's page: one of an order at a time, only so many, with a secret that is stored nowhere."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.payments.public import IN_FLIGHT, MAX_PUBLIC_ATTEMPTS_PER_ORDER
from gateway_core.db.pool import transaction
from gateway_core.testing.factories import eventually
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

ROUTE = "/api/v1/payments/public"
UPI = {"method": "upi", "vpa": "user@paytm"}
AT_ONCE = 20
IN_PROGRESS = "A payment for this order is already in progress"


async def pay(
    gateway: Gateway, order_id: str, *, key: str | None = None, **changes: object
) -> httpx.Response:
    return await gateway.post(ROUTE, {"order_id": order_id, **UPI, **changes}, key=key, headers={})


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["description"]


async def fail_all(rows: Rows) -> None:
    """What the payment processor does when the bank declines."""
    await rows.run(
        """
        WITH failed AS (
            UPDATE payments SET status = 'failed', next_attempt_at = NULL WHERE status <> 'failed'
            RETURNING id, merchant_id
        )
        INSERT INTO events (merchant_id, type, subject_id, payload)
        SELECT merchant_id, 'payment.failed', id, '{}' FROM failed
        """
    )


async def public_order(gateway: Gateway, order_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await gateway.get(f"/api/v1/orders/{order_id}/public", headers={})).json()
    return shown


async def locks_waited_for(rows: Rows, least: int) -> bool:
    waiting: int = await rows.one("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return waiting >= least


async def test_the_answer_entitles_the_browser_to_this_payment(gateway: Gateway) -> None:
    order = await gateway.order()
    made = (await pay(gateway, order["id"])).json()
    assert made["client_secret"].startswith(f"{made['id']}_secret_")
    assert made["next_action"] is None
    headers = {"X-Client-Secret": made["client_secret"]}
    assert (await gateway.get(f"/api/v1/payments/{made['id']}/checkout", headers=headers)).status_code == 200
    assert gateway.wakes == 1


async def test_a_replay_is_the_same_bytes_though_the_secret_is_stored_nowhere(gateway: Gateway) -> None:
    order = await gateway.order()
    first = await pay(gateway, order["id"], key="k")
    second = await pay(gateway, order["id"], key="k")
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert gateway.wakes == 1
    secret = first.json()["client_secret"].rpartition("_")[2]
    for table in await gateway.rows.values("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for row in await gateway.rows.values(f"SELECT t::text FROM {table} t"):
            assert secret not in row, table


async def test_a_replay_is_answered_while_the_payment_is_in_flight_and_after_the_order_is_paid(
    gateway: Gateway,
) -> None:
    order = await gateway.order()
    first = await pay(gateway, order["id"], key="k")
    await gateway.succeed(first.json()["id"])
    assert (await pay(gateway, order["id"], key="k")).content == first.content
    assert refusal(await pay(gateway, order["id"], key="other")) == (400, "Order already paid")


@pytest.mark.parametrize("status", ["pending", "processing"])
@pytest.mark.parametrize("creator", ["payer", "merchant"])
async def test_one_payment_of_an_order_at_a_time(gateway: Gateway, status: str, creator: str) -> None:
    order = await gateway.order()
    headers = {} if creator == "payer" else gateway.headers
    route = ROUTE if creator == "payer" else "/api/v1/payments"
    await gateway.post(route, {"order_id": order["id"], **UPI}, headers=headers)
    await gateway.rows.run("UPDATE payments SET status = %s", (status,))
    assert refusal(await pay(gateway, order["id"])) == (400, IN_PROGRESS)
    assert await gateway.rows.one("SELECT count(*) FROM payments") == 1
    other = await gateway.order()
    assert (await pay(gateway, other["id"])).status_code == 201


async def test_a_merchant_may_make_as_many_as_it_likes(gateway: Gateway) -> None:
    order = await gateway.order()
    for _ in range(MAX_PUBLIC_ATTEMPTS_PER_ORDER + 2):
        response = await gateway.post("/api/v1/payments", {"order_id": order["id"], **UPI})
        assert response.status_code == 201


async def test_attempts_of_an_order_are_counted(gateway: Gateway) -> None:
    order = await gateway.order()
    for _ in range(MAX_PUBLIC_ATTEMPTS_PER_ORDER):
        assert (await pay(gateway, order["id"])).status_code == 201
        await fail_all(gateway.rows)
    assert refusal(await pay(gateway, order["id"])) == (400, "Too many attempts for this order")
    assert await gateway.rows.one("SELECT count(*) FROM payments") == MAX_PUBLIC_ATTEMPTS_PER_ORDER
    assert await gateway.rows.violations() == {}


async def test_what_is_refused_may_be_corrected_under_its_key_and_counts_as_no_attempt(
    gateway: Gateway,
) -> None:
    order = await gateway.order()
    for _ in range(MAX_PUBLIC_ATTEMPTS_PER_ORDER + 1):
        assert (await pay(gateway, order["id"], key="k", vpa="wrong")).status_code == 400
    assert (await pay(gateway, order["id"], key="k")).status_code == 201


@pytest.mark.parametrize("keyed", [False, True])
async def test_of_twenty_at_once_one_is_in_flight(gateway: Gateway, keyed: bool) -> None:
    order = await gateway.order()
    answers = await asyncio.gather(
        *(pay(gateway, order["id"], key=f"k{number}" if keyed else None) for number in range(AT_ONCE))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: AT_ONCE - 1}
    assert {refusal(answer) for answer in answers if answer.status_code == 400} == {(400, IN_PROGRESS)}
    assert await gateway.rows.one("SELECT count(*) FROM payments") == 1
    assert await gateway.rows.one("SELECT count(*) FROM events") == 2


async def test_of_twenty_at_once_with_one_key_all_are_the_same(gateway: Gateway) -> None:
    order = await gateway.order()
    answers = await asyncio.gather(*(pay(gateway, order["id"], key="k") for _ in range(AT_ONCE)))
    created = {answer.content for answer in answers if answer.status_code == 201}
    assert len(created) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await gateway.rows.one("SELECT count(*) FROM payments") == 1


async def test_payers_of_one_order_do_not_hold_up_the_others(gateway: Gateway) -> None:
    """However many wait for a locked order, the pool keeps connections for everyone else."""
    held, free = await gateway.order(), await gateway.order()
    async with transaction(gateway.pool) as holder:
        await holder.execute("SELECT FROM orders WHERE id = %s FOR UPDATE", (held["id"],))
        waiting = [asyncio.create_task(pay(gateway, held["id"])) for _ in range(AT_ONCE)]
        await eventually(lambda: locks_waited_for(gateway.rows, IN_FLIGHT))
        created = await gateway.post("/api/v1/payments", {"order_id": free["id"], **UPI})
        assert created.status_code == 201
        assert not any(task.done() for task in waiting)
    answers = await asyncio.gather(*waiting)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: AT_ONCE - 1}


async def test_the_order_tells_its_payer_whom_to_pay_and_how_it_goes(gateway: Gateway) -> None:
    order = await gateway.order()
    assert (await public_order(gateway, order["id"]))["merchant_name"] == "Test Merchant"
    seen = [(await public_order(gateway, order["id"]))["payment_id"]]
    first = (await pay(gateway, order["id"])).json()["id"]
    seen.append((await public_order(gateway, order["id"]))["payment_id"])
    await fail_all(gateway.rows)
    seen.append((await public_order(gateway, order["id"]))["payment_id"])
    second = (await pay(gateway, order["id"])).json()["id"]
    await gateway.rows.run("UPDATE payments SET status = 'processing' WHERE id = %s", (second,))
    seen.append((await public_order(gateway, order["id"]))["payment_id"])
    assert seen == [None, first, None, second]


async def test_of_several_payments_the_order_names_the_one_that_counts(gateway: Gateway) -> None:
    order = await gateway.order()
    made = [
        (await gateway.post("/api/v1/payments", {"order_id": order["id"], **UPI})).json()["id"]
        for _ in range(3)
    ]
    assert (await public_order(gateway, order["id"]))["payment_id"] == made[2]
    await gateway.rows.run("UPDATE payments SET status = 'processing' WHERE id = %s", (made[1],))
    assert (await public_order(gateway, order["id"]))["payment_id"] == made[1]
    await gateway.succeed(made[0])
    shown = await public_order(gateway, order["id"])
    assert (shown["payment_id"], shown["status"]) == (made[0], "paid")
