"""Counts of jobs, and the workers' heartbeats."""

from __future__ import annotations

import pytest

from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries.heartbeats import beat, live_queues, say_goodbye
from gateway_core.db.queries.jobs import JobCounts, count_jobs
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration


async def counts(pool: Pool) -> JobCounts:
    async with transaction(pool) as conn:
        return await count_jobs(conn)


async def live(pool: Pool) -> dict[str, int]:
    async with transaction(pool) as conn:
        return await live_queues(conn)


async def test_without_work_everything_is_zero(pool: Pool) -> None:
    assert await counts(pool) == JobCounts(0, 0, 0, 0)


async def test_payments_refunds_and_deliveries_are_counted_together(pool: Pool, rows: Rows) -> None:
    await rows.merchant(webhook_url="http://127.0.0.1:1/")
    one, two, _ = await rows.payments(*await rows.orders(3))
    await rows.run("UPDATE payments SET status = 'processing' WHERE id = %s", (one,))
    await rows.run("UPDATE payments SET status = 'failed', next_attempt_at = NULL WHERE id = %s", (two,))
    assert await counts(pool) == JobCounts(pending=1, processing=1, completed=0, failed=1)
    (paid,) = await rows.paid()
    _, processed = await rows.refunds(paid, paid)
    await rows.run(
        "UPDATE refunds SET status = 'processed', processed_at = now(), next_attempt_at = NULL WHERE id = %s",
        (processed,),
    )
    assert await counts(pool) == JobCounts(pending=2, processing=1, completed=2, failed=1)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("next_retry_at = now() + interval '2 hours'", JobCounts(1, 0, 0, 0)),
        ("leased_until = now() + interval '1 minute'", JobCounts(0, 1, 0, 0)),
        ("leased_until = now() - interval '1 minute'", JobCounts(1, 0, 0, 0)),
        ("status = 'success', attempts = 1, response_code = 200", JobCounts(0, 0, 1, 0)),
        ("status = 'failed', attempts = 5", JobCounts(0, 0, 0, 1)),
    ],
)
async def test_a_retry_that_waits_is_pending_and_an_attempt_in_flight_is_processing(
    pool: Pool, rows: Rows, columns: str, expected: JobCounts
) -> None:
    merchant_id = await rows.merchant()
    await rows.run(
        "INSERT INTO events (merchant_id, type, subject_id, payload) VALUES (%s, 'webhook.test', 't', '{}')",
        (merchant_id,),
    )
    await rows.run(
        """
        INSERT INTO webhook_logs (merchant_id, event, event_id, payload)
        SELECT merchant_id, type, id, '{}' FROM events
        """
    )
    await rows.run("UPDATE webhook_logs SET " + columns)
    assert await counts(pool) == expected


async def test_a_queue_lives_while_one_of_its_workers_does(pool: Pool, rows: Rows) -> None:
    async with transaction(pool) as conn:
        for worker in ("a", "b"):
            await beat(conn, worker, {"payment-processing": 3})
        await beat(conn, "a", {"webhook-delivery": 0})
        await beat(conn, "a", {"webhook-delivery": 7})
    assert await live(pool) == {"payment-processing": 2, "webhook-delivery": 1}
    assert await rows.one("SELECT in_flight FROM worker_heartbeats WHERE queue = 'webhook-delivery'") == 7
    await rows.run("UPDATE worker_heartbeats SET beat_at = now() - interval '11 s' WHERE worker_id = 'a'")
    assert await live(pool) == {"payment-processing": 1}
    async with transaction(pool) as conn:
        await say_goodbye(conn, "b")
    assert await live(pool) == {}


async def test_old_heartbeats_are_deleted(pool: Pool, rows: Rows) -> None:
    async with transaction(pool) as conn:
        await beat(conn, "old", {"payment-processing": 0})
    await rows.run("UPDATE worker_heartbeats SET beat_at = now() - interval '2 hours'")
    async with transaction(pool) as conn:
        await beat(conn, "new", {"payment-processing": 0})
    assert await rows.values("SELECT worker_id FROM worker_heartbeats") == ["new"]


async def test_deleting_heartbeats_waits_for_no_lock(pool: Pool, rows: Rows) -> None:
    """After a machine slept for hours all its workers beat at once, each forgetting the others: a deadlock."""
    async with transaction(pool) as conn:
        await beat(conn, "old", {"payment-processing": 0})
        await beat(conn, "mine", {"payment-processing": 0})
    await rows.run("UPDATE worker_heartbeats SET beat_at = now() - interval '2 hours'")
    async with transaction(pool) as conn:
        await conn.execute("SELECT FROM worker_heartbeats WHERE worker_id = 'old' FOR UPDATE")
        async with transaction(pool) as other:
            await other.execute("SET LOCAL lock_timeout = '100ms'")
            await beat(other, "mine", {"payment-processing": 0})
    assert await live(pool) == {"payment-processing": 1}
