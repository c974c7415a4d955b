"""Claims, the fence and the next due time, for payments and refunds alike."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from gateway_core.acquiring.sources import PAYMENTS, REFUNDS, ChargeSource
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import leases
from gateway_core.db.queries.leases import Claimed, Lease, Settlement, StatusQuery
from gateway_core.testing.factories import DEADLINE_S
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

LEASE_S = 20.0
PROMPT_S = DEADLINE_S  # locks end after 3 s, with an error
"""Far less than the lock timeout: whoever takes longer has waited for somebody's lock."""


class Table:
    """``payments`` or ``refunds``."""

    def __init__(self, pool: Pool, rows: Rows, source: ChargeSource) -> None:
        self._pool = pool
        self.rows = rows
        self.source = source
        self.name = source.table

    async def make(self, count: int = 1) -> list[str]:
        if self.source is PAYMENTS:
            return await self.rows.payments(*await self.rows.orders(count))
        return await self.rows.refunds(*await self.rows.paid(count))

    async def claim(self, *, limit: int = 100, lease_s: float = LEASE_S) -> list[Claimed]:
        async with transaction(self._pool) as conn:
            return [*await self.source.claim_due(conn, limit=limit, lease_s=lease_s)]

    async def held(self, *claimed: Claimed) -> set[str]:
        async with transaction(self._pool) as conn:
            return (await leases.lock_held(conn, self.name, [each.lease for each in claimed])).ids

    async def settle(self, status: str, *claimed: Claimed) -> None:
        async with transaction(self._pool) as conn:
            await self.source.settle(conn, [Settlement(each.lease, status, None, None) for each in claimed])

    async def query_later(self, *queries: StatusQuery) -> None:
        async with transaction(self._pool) as conn:
            await leases.schedule_queries(conn, self.name, queries)

    async def next_due_in_s(self) -> float | None:
        async with transaction(self._pool) as conn:
            return await leases.next_due_in_s(conn, self.name)

    async def due_in(self, row_id: str, seconds: float) -> None:
        await self.rows.run(
            f"UPDATE {self.name} SET next_attempt_at = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
            (seconds, row_id),
        )

    async def everything(self) -> list[dict[str, Any]]:
        return await self.rows.read(f"SELECT r.*, to_jsonb(o) AS its_order FROM {self.name} r, orders o")


@pytest.fixture(params=[PAYMENTS, REFUNDS], ids=["payments", "refunds"])
def table(pool: Pool, rows: Rows, request: pytest.FixtureRequest) -> Table:
    return Table(pool, rows, request.param)


def ids(claimed: Sequence[Claimed]) -> list[str]:
    return [each.id for each in claimed]


async def test_the_longest_due_go_first(table: Table) -> None:
    first, third, second, later = await table.make(4)
    for row_id, due_in_s in ((first, -3), (second, -2), (third, -1), (later, 60)):
        await table.due_in(row_id, due_in_s)
    assert sorted(ids(await table.claim(limit=2))) == sorted([first, second])
    assert ids(await table.claim()) == [third]
    assert await table.claim() == []


async def test_claimers_at_once_share_the_rows_without_waiting(table: Table, pool: Pool) -> None:
    row_ids = await table.make(20)
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        mine = await table.source.claim_due(conn, limit=8, lease_s=LEASE_S)
        others = await asyncio.gather(*(table.claim(limit=7) for _ in range(4)))
    assert len(mine) == 8
    taken = ids([*mine, *(each for batch in others for each in batch)])
    assert len(taken) == len(set(taken))
    assert sorted([*taken, *ids(await table.claim())]) == sorted(row_ids)


async def test_a_stale_holder_changes_nothing(table: Table) -> None:
    (row_id,) = await table.make()
    (stale,) = await table.claim(lease_s=0)
    (held,) = await table.claim()
    assert (stale.lease, held.lease) == (Lease(row_id, 1), Lease(row_id, 2))
    assert (stale.was_submitted, held.was_submitted) == (False, True)
    before = await table.everything()
    assert await table.held(stale) == set()
    now = await table.rows.one("SELECT now()")
    await table.query_later(StatusQuery(stale.lease, now, status_queries=5, requires_review=True))
    await table.settle(table.source.ends.approved, stale)
    await table.settle(table.source.ends.declined, stale)
    assert await table.everything() == before
    assert await table.held(held) == {row_id}


async def test_what_is_settled_stays_settled(table: Table) -> None:
    await table.make()
    claimed = await table.claim()
    await table.settle(table.source.ends.approved, *claimed)
    before = await table.everything()
    await table.settle(table.source.ends.declined, *claimed)
    assert await table.everything() == before
    assert (await table.held(*claimed), await table.claim()) == (set(), [])


async def test_the_fence_keeps_a_claimer_away(table: Table, pool: Pool) -> None:
    await table.make()
    (claimed,) = await table.claim(lease_s=0)
    async with transaction(pool) as conn, asyncio.timeout(PROMPT_S):
        assert (await leases.lock_held(conn, table.name, [claimed.lease])).ids == {claimed.id}
        assert await table.claim() == []


async def test_a_status_query_is_scheduled_with_its_count_and_flag(table: Table) -> None:
    first, second = await table.make(2)
    lease_of = {each.id: each.lease for each in await table.claim()}
    now = await table.rows.one("SELECT now()")
    await table.query_later(
        StatusQuery(lease_of[first], now, 3, False), StatusQuery(lease_of[second], now, 8, True)
    )
    claimed = {each.id: each for each in await table.claim()}
    assert [claimed[each].status_queries for each in (first, second)] == [4, 9]
    assert [claimed[each].record.requires_review for each in (first, second)] == [False, True]
    assert [claimed[each].lease.generation for each in (first, second)] == [2, 2]
    assert not any(each.lease_expired for each in claimed.values())


async def test_a_lease_that_ran_out_is_noticed(table: Table) -> None:
    await table.make()
    claims = [await table.claim(lease_s=0) for _ in range(2)]
    assert [each.lease_expired for (each,) in claims] == [False, True]


async def test_the_next_due_time_is_that_of_the_earliest_row(table: Table) -> None:
    assert await table.next_due_in_s() is None
    await table.rows.paid()
    assert await table.next_due_in_s() is None
    sooner, later = await table.make(2)
    assert await table.next_due_in_s() == 0
    await table.due_in(later, 3600)
    await table.due_in(sooner, 5)
    due_in_s = await table.next_due_in_s()
    assert due_in_s is not None
    assert 4 < due_in_s <= 5
