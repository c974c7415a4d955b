"""Claiming payments and recording their outcomes: leases, the fence, one payment of an order at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import leases, payment_work
from gateway_core.db.queries.leases import Claimed, Lease, LeasedTable, Settlement
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.acquiring import Declined
from gateway_core.testing.factories import DEADLINE_S
from gateway_core.testing.rows import AMOUNT_MINOR, NOTES, RECEIPT, Rows

pytestmark = pytest.mark.integration

LEASE_S = 20.0
PROMPT_S = DEADLINE_S  # locks end after 3 s, with an error
"""Far less than the lock timeout: whoever takes longer has waited for somebody's lock."""


async def claim(pool: Pool, *, limit: int = 100, lease_s: float = LEASE_S) -> list[Claimed]:
    async with transaction(pool) as conn:
        return await payment_work.claim_due(conn, limit=limit, lease_s=lease_s)


async def settle(pool: Pool, status: str, *claimed: Claimed, error: str | None = None) -> int:
    """Settle what is still held; how many that were."""
    code = None if error is None else "PAYMENT_FAILED"
    async with transaction(pool) as conn:
        held = await leases.lock_held(conn, LeasedTable.PAYMENTS, [each.lease for each in claimed])
        await payment_work.settle(conn, [Settlement(each.lease, status, code, error) for each in claimed])
    return len(held.ids)


def ids(claimed: Sequence[Claimed]) -> list[str]:
    return [each.lease.id for each in claimed]


async def siblings(rows: Rows, count: int) -> tuple[str, list[str]]:
    """An order and ``count`` payments of it, oldest first."""
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * count)
    await rows.run(
        "UPDATE payments SET created_at = created_at + array_position(%(ids)s, id) * interval '1 second'"
        " WHERE id = ANY(%(ids)s)",
        {"ids": payment_ids},
    )
    return order_id, payment_ids


async def order_of(rows: Rows, order_id: str) -> tuple[str, str | None]:
    (row,) = await rows.read("SELECT status, active_payment_id FROM orders WHERE id = %s", (order_id,))
    return row["status"], row["active_payment_id"]


async def test_a_claim_leases_the_payment_and_takes_the_orders_slot(pool: Pool, rows: Rows) -> None:
    payment_id = await rows.payment()
    (claimed,) = await claim(pool)
    assert claimed.lease == Lease(payment_id, 1)
    assert (claimed.status_queries, claimed.was_submitted, claimed.refusal) == (0, False, None)
    assert isinstance(claimed.record, PaymentRecord)
    view = claimed.record.view
    assert (view.id, view.status, view.amount_minor) == (payment_id, "processing", AMOUNT_MINOR)
    assert (view.receipt, view.notes, view.vpa) == (RECEIPT, NOTES, "buyer@bank")
    (row,) = await rows.read(
        "SELECT status, lease_generation, next_attempt_at - updated_at AS lease FROM payments"
    )
    assert (row["status"], row["lease_generation"], row["lease"].total_seconds()) == (
        "processing",
        1,
        LEASE_S,
    )
    assert await order_of(rows, view.order_id) == ("attempted", payment_id)
    assert await rows.violations() == {}


async def test_many_claimers_never_take_the_same_row(pool: Pool, rows: Rows) -> None:
    payment_ids = await rows.payments(*await rows.orders(200))
    batches = await asyncio.gather(*(claim(pool, limit=30) for _ in range(8)))
    batches.append(await claim(pool, limit=200))
    taken = [payment_id for batch in batches for payment_id in ids(batch)]
    assert sorted(taken) == sorted(payment_ids)


async def test_one_payment_of_an_order_goes_and_the_others_step_back(pool: Pool, rows: Rows) -> None:
    order_id, (first, *others) = await siblings(rows, 3)
    await rows.run("UPDATE payments SET updated_at = now()")
    assert ids(await claim(pool)) == [first]
    assert await rows.statuses(others) == ["pending", "pending"]
    waits = await rows.values(
        "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM payments WHERE status = 'pending'"
    )
    assert all(0 < wait_s <= payment_work.SLOT_WAIT_S for wait_s in waits)
    await rows.run("UPDATE payments SET next_attempt_at = now() WHERE status = 'pending'")
    assert await claim(pool) == []
    assert await order_of(rows, order_id) == ("attempted", first)


@pytest.mark.parametrize(("waited_s", "steps_back_s"), [(0, 1), (8, 8), (3600, 30)])
async def test_who_has_waited_long_steps_back_for_long(
    pool: Pool, rows: Rows, waited_s: int, steps_back_s: int
) -> None:
    """Thousands of payments may wait while an acquirer is in trouble: each writes a row whenever it looks again."""
    await siblings(rows, 2)
    await claim(pool)
    await rows.run(
        "UPDATE payments SET updated_at = now() - make_interval(secs => %s), next_attempt_at = now()"
        " WHERE status = 'pending'",
        (waited_s,),
    )
    assert await claim(pool) == []
    wait_s = await rows.one(
        "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM payments WHERE status = 'pending'"
    )
    assert steps_back_s - 0.9 < wait_s < steps_back_s + 0.9


async def test_a_payment_whose_order_is_locked_is_left_for_the_next_round(pool: Pool, rows: Rows) -> None:
    held, free = await rows.payments(*await rows.orders(2))
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        await conn.execute(
            "SELECT FROM orders WHERE id = (SELECT order_id FROM payments WHERE id = %s) FOR NO KEY UPDATE",
            (held,),
        )
        assert ids(await claim(pool)) == [free]
    assert ids(await claim(pool)) == [held]


async def test_a_slot_taken_by_an_uncommitted_claim_is_taken(pool: Pool, rows: Rows) -> None:
    await siblings(rows, 3)
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        mine = await payment_work.claim_due(conn, limit=1, lease_s=LEASE_S)
        assert await claim(pool) == []
    assert len(mine) == 1
    assert await claim(pool) == []


async def test_two_claimers_at_once_drive_one_payment_of_an_order(pool: Pool, rows: Rows) -> None:
    """The second saw the slot empty when its statement began, and must look again under the order's lock."""
    for _ in range(20):
        order_id, payment_ids = await siblings(rows, 4)
        claims = await asyncio.gather(*(claim(pool, limit=1) for _ in range(4)))
        charged = [payment_id for claimed in claims for payment_id in ids(claimed)]
        assert len(charged) <= 1
        statuses = await rows.statuses(payment_ids)
        assert statuses.count("processing") == len(charged)
        await rows.run("UPDATE payments SET next_attempt_at = now() + interval '1 hour'")
        assert await order_of(rows, order_id) in (("created", None), ("attempted", *charged))


async def test_a_success_pays_the_order_and_the_others_learn_it(pool: Pool, rows: Rows) -> None:
    order_id, (first, *others) = await siblings(rows, 4)
    (claimed,) = await claim(pool)
    assert await settle(pool, "success", claimed) == 1
    assert await order_of(rows, order_id) == ("paid", first)
    late = await claim(pool)
    assert sorted(ids(late)) == sorted(others)
    assert {each.refusal for each in late} == {Declined("Order already paid")}
    assert await settle(pool, "failed", *late, error="Order already paid") == 3
    assert await order_of(rows, order_id) == ("paid", first)
    assert await rows.statuses([first, *others]) == ["success", "failed", "failed", "failed"]


async def test_a_refused_sibling_is_refused_again_after_a_crash(pool: Pool, rows: Rows) -> None:
    _, (_, other) = await siblings(rows, 2)
    await settle(pool, "success", *await claim(pool))
    await claim(pool, lease_s=0)
    (again,) = await claim(pool)
    assert (again.lease, again.refusal) == (Lease(other, 2), Declined("Order already paid"))


async def test_after_a_failure_the_next_one_goes(pool: Pool, rows: Rows) -> None:
    order_id, (first, second, third) = await siblings(rows, 3)
    (claimed,) = await claim(pool)
    assert await settle(pool, "failed", claimed, error="Declined") == 1
    assert await order_of(rows, order_id) == ("attempted", None)
    assert ids(await claim(pool)) == [second]
    assert await order_of(rows, order_id) == ("attempted", second)
    assert await rows.statuses([first, second, third]) == ["failed", "processing", "pending"]


async def test_a_final_status_is_recorded_whole(pool: Pool, rows: Rows) -> None:
    payment_id = await rows.payment()
    (claimed,) = await claim(pool)
    await rows.run("UPDATE payments SET requires_review = true")
    await settle(pool, "failed", claimed, error="No funds")
    (row,) = await rows.read("SELECT * FROM payments WHERE id = %s", (payment_id,))
    assert (row["status"], row["error_code"], row["error_description"]) == (
        "failed",
        "PAYMENT_FAILED",
        "No funds",
    )
    assert (row["next_attempt_at"], row["requires_review"], row["captured"]) == (None, False, False)
    assert row["updated_at"] > row["created_at"]


async def test_a_settlement_that_rolls_back_leaves_order_and_siblings_alone(pool: Pool, rows: Rows) -> None:
    order_id, (first, second) = await siblings(rows, 2)
    (claimed,) = await claim(pool)
    with pytest.raises(RuntimeError, match="crash"):
        async with transaction(pool) as conn:
            await payment_work.settle(conn, [Settlement(claimed.lease, "success", None, None)])
            raise RuntimeError("crash")
    assert await order_of(rows, order_id) == ("attempted", first)
    assert await rows.statuses([first, second]) == ["processing", "pending"]


@pytest.mark.parametrize("batch", [40, 500])
async def test_four_workers_at_once_never_deadlock(pool: Pool, rows: Rows, batch: int) -> None:
    """20 payments of each of 100 orders; every third attempt is declined."""
    order_ids = await rows.orders(100)
    payment_ids = await rows.payments(*order_ids * 20)
    declined = set(payment_ids[::3])
    started = time.monotonic()

    async def settle_some() -> bool:
        claimed = await claim(pool, limit=batch)
        async with transaction(pool) as conn:
            held = await leases.lock_held(conn, LeasedTable.PAYMENTS, [each.lease for each in claimed])
            assert held.ids == set(ids(claimed))
            settlements = [
                Settlement(each.lease, "failed", "PAYMENT_FAILED", "paid" if each.refusal else "declined")
                if each.refusal or each.lease.id in declined
                else Settlement(each.lease, "success", None, None)
                for each in claimed
            ]
            await payment_work.settle(conn, settlements)
        return bool(claimed)

    async def work() -> None:
        while await settle_some() or await rows.one(
            "SELECT EXISTS (SELECT FROM payments WHERE status = 'pending')"
        ):
            pass

    async with asyncio.timeout(DEADLINE_S):
        await asyncio.gather(*(work() for _ in range(4)))
    assert time.monotonic() - started < 20
    counts = await rows.read(
        "SELECT status, count(*) AS payments FROM payments GROUP BY status ORDER BY status"
    )
    assert counts == [{"status": "failed", "payments": 1900}, {"status": "success", "payments": 100}]
    assert await rows.one("SELECT count(*) FROM orders WHERE status = 'paid'") == 100
    assert not {"inv_one_success_per_order", "inv_paid_order_has_success"} & set(await rows.violations())
