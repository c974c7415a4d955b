"""Batches of refund requests: decided in order against locked payments, never more than was paid."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from psycopg import errors

from gateway_core.acquiring import refunding
from gateway_core.acquiring.refunding import RefundRequest
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import refundable
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.errors import GatewayError
from gateway_core.testing.factories import DEADLINE_S, eventually
from gateway_core.testing.rows import AMOUNT_MINOR, Rows

pytestmark = pytest.mark.integration

NOT_FOUND = "Payment not found"
NOT_REFUNDABLE = "Payment not in refundable state"
EXCEEDS = "Refund amount exceeds available amount"
UNHEARD_OF = "pay_unheardofunheardof00"


async def create(pool: Pool, requests: Sequence[RefundRequest]) -> list[int | str]:
    """The amount of each refund, or why there is none."""
    outcomes: list[RefundRecord | GatewayError] = []
    async with transaction(pool) as conn, conn.pipeline():
        context = await refunding.read(conn, requests)
        for request in requests:
            try:
                outcomes.append(refunding.decide(request, context))
            except GatewayError as error:
                outcomes.append(error)
        if records := [each for each in outcomes if isinstance(each, RefundRecord)]:
            await refunding.write(conn, records)
    return [
        each.view.amount_minor if isinstance(each, RefundRecord) else each.description for each in outcomes
    ]


@pytest.fixture
async def merchant_id(rows: Rows) -> UUID:
    return await rows.merchant()


def asking(merchant_id: UUID, payment_id: str, *amounts_minor: int | None) -> list[RefundRequest]:
    return [
        RefundRequest(merchant_id=merchant_id, payment_id=payment_id, amount_minor=amount)
        for amount in amounts_minor
    ]


async def refunded(rows: Rows, payment_id: str) -> int:
    return int(await rows.one("SELECT amount_refunded FROM payments WHERE id = %s", (payment_id,)))


async def test_requests_for_one_payment_are_decided_in_their_order(
    pool: Pool, rows: Rows, merchant_id: UUID
) -> None:
    (payment_id,) = await rows.paid()
    requests = asking(merchant_id, payment_id, AMOUNT_MINOR - 100, 101, 60, 41, 40, 1)
    assert await create(pool, requests) == [AMOUNT_MINOR - 100, EXCEEDS, 60, EXCEEDS, 40, EXCEEDS]
    assert await refunded(rows, payment_id) == AMOUNT_MINOR
    assert await rows.violations() == {}


async def test_without_an_amount_it_is_the_rest(pool: Pool, rows: Rows, merchant_id: UUID) -> None:
    (payment_id,) = await rows.paid()
    requests = asking(merchant_id, payment_id, 100, None, None)
    assert await create(pool, requests) == [100, AMOUNT_MINOR - 100, EXCEEDS]


async def test_each_request_gets_its_own_refusal(pool: Pool, rows: Rows, merchant_id: UUID) -> None:
    (paid,), pending, failed = await rows.paid(), await rows.payment(), await rows.payment()
    await rows.run("UPDATE payments SET status = 'failed', next_attempt_at = NULL WHERE id = %s", (failed,))
    somebody = await rows.merchant()
    (foreign,) = await rows.paid()
    requests = [
        *asking(merchant_id, UNHEARD_OF, 100),
        *asking(merchant_id, foreign, 100),
        *asking(merchant_id, pending, 100),
        *asking(merchant_id, failed, None),
        *asking(merchant_id, paid, AMOUNT_MINOR + 1, 100),
        *asking(somebody, foreign, 200),
    ]
    assert await create(pool, requests) == [
        NOT_FOUND,
        NOT_FOUND,
        NOT_REFUNDABLE,
        NOT_REFUNDABLE,
        EXCEEDS,
        100,
        200,
    ]
    assert [await refunded(rows, each) for each in (paid, foreign)] == [100, 200]
    assert await create(pool, asking(merchant_id, UNHEARD_OF, 1)) == [NOT_FOUND]


async def test_a_refund_comes_with_its_event(pool: Pool, rows: Rows, merchant_id: UUID) -> None:
    (payment_id,) = await rows.paid()
    request = RefundRequest(
        merchant_id=merchant_id,
        payment_id=payment_id,
        amount_minor=250,
        reason="cold coffee",
        traceparent="00-trace-span-01",
    )
    await create(pool, [request])
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["payment_id"], row["merchant_id"], row["amount"]) == (payment_id, merchant_id, 250)
    assert (row["status"], row["reason"], row["traceparent"]) == (
        "pending",
        "cold coffee",
        "00-trace-span-01",
    )
    assert row["created_at"] == row["updated_at"] == row["next_attempt_at"]
    (event,) = await rows.read("SELECT * FROM events WHERE type = 'refund.created'")
    assert (event["subject_id"], event["traceparent"]) == (row["id"], "00-trace-span-01")


async def test_the_database_refuses_what_no_lock_has_decided(
    pool: Pool, rows: Rows, merchant_id: UUID
) -> None:
    (paid,), pending = await rows.paid(), await rows.payment()
    for payment_id, amount_minor in ((paid, AMOUNT_MINOR + 1), (pending, 1)):
        with pytest.raises(errors.CheckViolation):
            async with transaction(pool) as conn:
                await refundable.hold(conn, {payment_id: amount_minor})
    assert await refunded(rows, paid) == 0


async def test_batches_wait_for_one_another_and_for_no_payment_that_is_being_charged(
    pool: Pool, rows: Rows, merchant_id: UUID
) -> None:
    (paid,), pending = await rows.paid(), await rows.payment()
    async with transaction(pool) as conn, asyncio.timeout(DEADLINE_S):
        await conn.execute("SELECT FROM payments WHERE id = %s FOR NO KEY UPDATE", (pending,))
        assert await create(pool, asking(merchant_id, pending, 100)) == [NOT_REFUNDABLE]
        await refundable.lock(conn, [paid])
        second = asyncio.create_task(create(pool, asking(merchant_id, paid, AMOUNT_MINOR)))
        await eventually(lambda: waits_for_a_lock(rows))
        await refundable.hold(conn, {paid: 1})
    assert await second == [EXCEEDS]


async def waits_for_a_lock(rows: Rows) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(await rows.one(waiting) == 1)


@pytest.mark.parametrize("seed", range(3))
async def test_batches_at_once_never_refund_more_than_was_paid(
    pool: Pool, rows: Rows, merchant_id: UUID, seed: int
) -> None:
    """Each batch names the payments in another order; what is refused would really have been too much."""
    dice = random.Random(seed)
    paid = await rows.paid(6)
    amounts = (AMOUNT_MINOR // 7, AMOUNT_MINOR // 3, AMOUNT_MINOR * 6 // 10, AMOUNT_MINOR)
    batches = [
        [
            request
            for _ in range(15)
            for request in asking(merchant_id, dice.choice(paid), dice.choice(amounts))
        ]
        for _ in range(16)
    ]
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*(create(pool, batch) for batch in batches))
    taken: Counter[str] = Counter()
    least_refused = dict.fromkeys(paid, AMOUNT_MINOR + 1)
    for batch, answers in zip(batches, outcomes, strict=True):
        for request, answer in zip(batch, answers, strict=True):
            assert request.amount_minor is not None
            if isinstance(answer, int):
                taken[request.payment_id] += answer
            else:
                assert answer == EXCEEDS
                least = min(least_refused[request.payment_id], request.amount_minor)
                least_refused[request.payment_id] = least
    for payment_id in paid:
        assert await refunded(rows, payment_id) == taken[payment_id] <= AMOUNT_MINOR
        assert least_refused[payment_id] > AMOUNT_MINOR - taken[payment_id]
    assert await rows.violations() == {}
