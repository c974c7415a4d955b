"""A process's metrics of the database: invariants, the relay's lag, the pool, expired leases."""

from __future__ import annotations

import asyncio

import pytest

from gateway_core.db.pool import Pool, create_pool, transaction, watch_pool
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.rows import Rows
from gateway_core.worker.housekeeping import Chore, chores, keep_house
from gateway_core.worker.invariants import check_once

pytestmark = pytest.mark.integration

VIEW = "inv_one_success_per_order"


def reading(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"gateway_{name}", labels)


def pool_of_nothing() -> Pool:
    """No server is there; callers learn of it without the usual patience."""
    nowhere = create_pool(f"postgresql://u:p@127.0.0.1:{free_port()}/none", size=1, application_name="t")
    nowhere.timeout = 0.1
    return nowhere


async def test_violations_of_invariants_are_counted(pool: Pool, rows: Rows) -> None:
    await check_once(pool)
    assert reading("invariant_violations", view=VIEW) == 0
    assert reading("invariant_violations", view="inv_refunds_within_payment") == 0
    await rows.paid(1)
    await rows.run("UPDATE payments SET amount_refunded = 1")
    await check_once(pool)
    assert reading("invariant_violations", view="inv_refund_counter_without_refunds") == 1


async def test_invariants_that_cannot_be_counted_have_no_value() -> None:
    failures = reading("invariant_check_failures_total") or 0
    async with pool_of_nothing() as nowhere:
        await check_once(nowhere)
    assert reading("invariant_violations", view=VIEW) is None
    assert reading("invariant_check_failures_total") == failures + 1


def relay_lag(pool: Pool) -> Chore:
    return next(chore for chore in chores(pool, wake_relay=lambda: None) if chore.name == "relay lag")


async def test_the_relays_lag_is_the_age_of_what_is_not_published(pool: Pool, rows: Rows) -> None:
    await rows.payment()
    await rows.run("ALTER TABLE events DISABLE TRIGGER USER")
    await rows.run("UPDATE events SET created_at = now() - interval '90 s'")
    await relay_lag(pool).run()
    assert (reading("relay_lag_seconds") or 0) >= 90
    async with pool_of_nothing() as nowhere:
        blind = asyncio.create_task(keep_house(relay_lag(nowhere), lambda: True))
        await eventually(lambda: reading("relay_lag_seconds") is None)
        blind.cancel()
        await asyncio.wait([blind])


async def test_the_pool_tells_who_holds_and_who_waits(database_url: str) -> None:
    async def another(small: Pool) -> None:
        async with transaction(small):
            pass

    async with create_pool(database_url, size=1, application_name="pool") as small:
        watch_pool(small)
        async with transaction(small):
            waiting = asyncio.create_task(another(small))
            await eventually(lambda: reading("db_pool_waiting") == 1)
            assert reading("db_pool_connections", state="in_use") == 1
            assert reading("db_pool_connections", state="idle") == 0
            assert reading("db_pool_size") == 1
        await waiting
        assert reading("db_pool_waiting") == 0
        assert reading("db_pool_connections", state="in_use") == 0
        assert reading("db_pool_connections", state="idle") == 1
