"""Concurrent refunds never exceed their payment; the amount of a failed refund is refundable again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import leases, payments, refund_work
from gateway_core.db.queries.leases import Claimed, Lease, LeasedTable, Settlement
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.testing.factories import DEADLINE_S, eventually
from gateway_core.testing.rows import AMOUNT_MINOR, Rows

pytestmark = pytest.mark.integration

LEASE_S = 20.0
PROMPT_S = DEADLINE_S  # locks end after 3 s, with an error
SIXTY_PERCENT_MINOR = AMOUNT_MINOR * 6 // 10


async def claim(pool: Pool, *, limit: int = 100, lease_s: float = LEASE_S) -> list[Claimed]:
    async with transaction(pool) as conn:
        return await refund_work.claim_due(conn, limit=limit, lease_s=lease_s)


async def settle(pool: Pool, status: str, *claimed: Claimed, error: str | None = None) -> int:
    """Settle what is still held; how many that were."""
    code = None if error is None else "REFUND_FAILED"
    async with transaction(pool) as conn:
        held = await leases.lock_held(conn, LeasedTable.REFUNDS, [each.lease for each in claimed])
        await refund_work.settle(conn, [Settlement(each.lease, status, code, error) for each in claimed])
    return len(held.ids)


def ids(claimed: Sequence[Claimed]) -> list[str]:
    return [each.lease.id for each in claimed]


async def hold(pool: Pool, payment_id: str, amount_minor: int) -> bool:
    async with transaction(pool) as conn:
        return await payments.hold_for_refund(conn, payment_id, amount_minor)


async def test_fifty_refunds_of_sixty_percent_at_once_are_one(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    held = await asyncio.gather(*(hold(pool, payment_id, SIXTY_PERCENT_MINOR) for _ in range(50)))
    assert held.count(True) == 1
    assert await rows.one("SELECT amount_refunded FROM payments") == SIXTY_PERCENT_MINOR


async def test_holds_at_once_are_all_counted(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    held = await asyncio.gather(*(hold(pool, payment_id, AMOUNT_MINOR // 40) for _ in range(50)))
    assert held.count(True) == 40
    assert await rows.one("SELECT amount_refunded FROM payments") == AMOUNT_MINOR


async def test_refunds_may_use_up_the_payment_and_no_more(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    assert not await hold(pool, payment_id, AMOUNT_MINOR + 1)
    assert await hold(pool, payment_id, AMOUNT_MINOR - 1)
    assert not await hold(pool, payment_id, 2)
    assert await hold(pool, payment_id, 1)
    assert not await hold(pool, payment_id, 1)


async def test_only_a_successful_payment_is_refundable(pool: Pool, rows: Rows) -> None:
    pending = await rows.payment()
    assert not await hold(pool, pending, 100)
    await rows.run("UPDATE payments SET status = 'failed', next_attempt_at = NULL")
    assert not await hold(pool, pending, 100)
    assert not await hold(pool, "pay_unheardofunheardof00", 100)


async def test_a_claim_leases_the_refund_with_its_payments_instrument(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid(vpa="refund-failure@bank")
    (refund_id,) = await rows.refunds(payment_id)
    (claimed,) = await claim(pool)
    assert (claimed.lease, claimed.was_submitted, claimed.status_queries) == (Lease(refund_id, 1), False, 0)
    charge = claimed.charge
    assert (charge.currency, charge.method, charge.vpa) == ("INR", "upi", "refund-failure@bank")
    assert isinstance(claimed.record, RefundRecord)
    view = claimed.record.view
    assert (view.id, view.payment_id, view.status, view.amount_minor) == (
        refund_id,
        payment_id,
        "processing",
        1_000,
    )
    (row,) = await rows.read("SELECT next_attempt_at - updated_at AS lease FROM refunds")
    assert row["lease"].total_seconds() == LEASE_S
    assert await claim(pool) == []
    assert await rows.violations() == {}


async def test_a_processed_refund_keeps_its_amount_held(pool: Pool, rows: Rows) -> None:
    await rows.refunds(*await rows.paid(), amount_minor=1_500)
    assert await settle(pool, "processed", *await claim(pool)) == 1
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["error_code"], row["next_attempt_at"]) == ("processed", None, None)
    assert row["processed_at"] == row["updated_at"]
    assert await rows.one("SELECT amount_refunded FROM payments") == 1_500


async def test_a_failed_refund_releases_its_amount(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    await rows.refunds(payment_id, payment_id, payment_id, amount_minor=10_000)
    first, second, third = await claim(pool)
    assert await settle(pool, "failed", first, second, error="Account closed") == 2
    assert await rows.one("SELECT amount_refunded FROM payments") == 10_000
    assert await settle(pool, "processed", third) == 1
    assert await rows.one("SELECT amount_refunded FROM payments") == 10_000
    failed = await rows.read("SELECT * FROM refunds WHERE status = 'failed'")
    assert {(row["error_code"], row["error_description"], row["processed_at"]) for row in failed} == {
        ("REFUND_FAILED", "Account closed", None)
    }
    assert await hold(pool, payment_id, 40_000)


async def test_a_refund_fails_once(pool: Pool, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    await rows.refunds(payment_id, payment_id)
    first, _ = await claim(pool)
    assert await settle(pool, "failed", first, error="Account closed") == 1
    assert await settle(pool, "failed", first, error="Account closed") == 0
    assert await rows.one("SELECT amount_refunded FROM payments") == 1_000


async def test_payments_are_locked_in_one_order(pool: Pool, rows: Rows) -> None:
    """Workers that release to the same payments would deadlock: who waits for one holds none that comes later."""
    await rows.refunds(*await rows.paid(60))
    claimed = await claim(pool)
    first, *later = await rows.values("SELECT id FROM payments ORDER BY id")
    lock = "SELECT FROM payments WHERE id = ANY(%s) FOR NO KEY UPDATE NOWAIT"
    async with transaction(pool) as conn:
        await conn.execute(lock, ([first],))
        settling = asyncio.create_task(settle(pool, "failed", *claimed, error="no"))
        await eventually(lambda: waits_for_a_lock(rows))
        await rows.run(lock, (later,))
    assert await settling == 60
    assert await rows.one("SELECT sum(amount_refunded) FROM payments") == 0


async def waits_for_a_lock(rows: Rows) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(await rows.one(waiting) == 1)
