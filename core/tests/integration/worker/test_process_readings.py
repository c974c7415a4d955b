"""What a process reads of the database beside its queue: invariants, the relay's lag, the pool, expired leases."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway_core.db.engine import create_engine, transaction, watch_pool
from gateway_core.db.queries import heartbeats, leases, payment_work, refund_work
from gateway_core.db.queries.leases import LeasedTable, LookUp
from gateway_core.relay import observe_lag
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.rows import Rows
from gateway_core.worker.invariants import check_once

pytestmark = pytest.mark.integration

VIEW = "inv_one_success_per_order"


def reading(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"gateway_{name}", labels)


async def beat(engine: AsyncEngine, worker_id: str) -> None:
    async with transaction(engine) as conn:
        await heartbeats.beat(conn, worker_id, "refund-processing", 0)


async def test_the_first_worker_counts_what_violates_an_invariant(engine: AsyncEngine, rows: Rows) -> None:
    await beat(engine, "a-1")
    await check_once(engine, "a-1")
    assert reading("invariant_violations", view=VIEW) == 0
    assert reading("invariant_violations", view="inv_refunds_within_payment") == 0
    await rows.paid(1)
    await rows.run("UPDATE payments SET amount_refunded = 1")
    await check_once(engine, "a-1")
    assert reading("invariant_violations", view="inv_refund_counter_without_refunds") == 1


async def test_other_workers_say_nothing_of_invariants(engine: AsyncEngine) -> None:
    await beat(engine, "b-1")
    await check_once(engine, "b-1")
    assert reading("invariant_violations", view=VIEW) == 0
    await beat(engine, "a-1")
    await check_once(engine, "b-1")
    assert reading("invariant_violations", view=VIEW) is None


async def test_invariants_that_cannot_be_counted_have_no_value() -> None:
    nowhere = create_engine(
        f"postgresql://u:p@127.0.0.1:{free_port()}/none", pool_size=1, application_name="t"
    )
    failures = reading("invariant_check_failures_total") or 0
    await check_once(nowhere, "a-1")
    assert reading("invariant_violations", view=VIEW) is None
    assert reading("invariant_check_failures_total") == failures + 1


async def test_the_relays_lag_is_the_age_of_what_is_not_published(engine: AsyncEngine, rows: Rows) -> None:
    await rows.payment()
    await rows.run("ALTER TABLE events DISABLE TRIGGER USER")
    await rows.run("UPDATE events SET created_at = now() - interval '90 s'")
    observing = asyncio.create_task(observe_lag(engine))
    await eventually(lambda: (reading("relay_lag_seconds") or 0) >= 90, timeout_s=5)
    observing.cancel()
    nowhere = create_engine(
        f"postgresql://u:p@127.0.0.1:{free_port()}/none", pool_size=1, application_name="t"
    )
    blind = asyncio.create_task(observe_lag(nowhere))
    await eventually(lambda: reading("relay_lag_seconds") is None, timeout_s=5)
    blind.cancel()
    await asyncio.wait([observing, blind])


async def test_the_pool_tells_who_holds_and_who_waits(engine: AsyncEngine) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    small = create_engine(url, pool_size=1, application_name="pool")
    watch_pool(small)

    async def another() -> None:
        async with transaction(small):
            pass

    async with transaction(small):
        waiting = asyncio.create_task(another())
        await eventually(lambda: reading("db_pool_waiting") == 1, timeout_s=5)
        assert reading("db_pool_connections", state="in_use") == 1
        assert reading("db_pool_connections", state="idle") == 0
        assert reading("db_pool_size") == 1
    await waiting
    assert reading("db_pool_waiting") == 0
    assert reading("db_pool_connections", state="in_use") == 0
    assert reading("db_pool_connections", state="idle") == 1
    await small.dispose()


async def test_a_lease_that_ran_out_is_told_from_a_question_that_is_due(
    engine: AsyncEngine, rows: Rows
) -> None:
    asked, abandoned = await rows.payments(*await rows.orders(2))

    async def claim() -> dict[str, bool]:
        async with transaction(engine) as conn:
            claimed = await payment_work.claim_due(conn, limit=10, lease_s=30)
        return {each.lease.id: each.lease_expired for each in claimed}

    assert await claim() == {asked: False, abandoned: False}
    now = await rows.one("SELECT now()")
    async with transaction(engine) as conn:
        question = LookUp(leases.Lease(asked, 1), now, 1, requires_review=False)
        assert await leases.schedule_look_ups(conn, LeasedTable.PAYMENTS, [question]) == 1
    await rows.run("UPDATE payments SET next_attempt_at = now()")
    assert await claim() == {asked: False, abandoned: True}


async def test_a_refunds_lease_that_ran_out_is_noticed(engine: AsyncEngine, rows: Rows) -> None:
    await rows.refunds(*await rows.paid(1))
    expired = []
    for _ in range(2):
        await rows.run("UPDATE refunds SET next_attempt_at = now()")
        async with transaction(engine) as conn:
            (claimed,) = await refund_work.claim_due(conn, limit=10, lease_s=30)
        expired.append(claimed.lease_expired)
    assert expired == [False, True]
