"""Claims, fences and settlements read the rows of their batch, whatever the statistics say about the backlog."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway_core.acquiring.sources import PAYMENTS, REFUNDS, ChargeSource
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import leases, refundable
from gateway_core.db.queries.leases import Settlement, StatusQuery
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

BACKLOG = 2_500
BATCH = 200
READS_A_ROW = 6
"""Its row found, locked and updated, its order or payment, and the siblings of its order, with room to spare."""


async def backlog(rows: Rows, source: ChargeSource) -> None:
    """A backlog that came after the last ANALYZE, which saw an hour without work."""
    await rows.paid(500)
    for table in ("payments", "orders", "refunds"):
        await rows.run(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        await rows.run(f"ANALYZE {table}")
    if source is PAYMENTS:
        await rows.payments(*await rows.orders(BACKLOG))
    else:
        await rows.refunds(*await rows.paid(BACKLOG))


@asynccontextmanager
async def few_rows(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction that may read what a batch needs, and no backlog."""
    async with transaction(pool) as conn:
        before = await rows_read(conn)
        yield conn
        assert await rows_read(conn) - before <= BATCH * READS_A_ROW


async def rows_read(conn: Connection) -> int:
    cursor = await conn.execute(
        """
        SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables
        WHERE relname IN ('payments', 'orders', 'refunds')
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row["rows"])


@pytest.mark.parametrize("source", [PAYMENTS, REFUNDS], ids=["payments", "refunds"])
@pytest.mark.parametrize("end", ["approved", "declined"])
async def test_a_batch_reads_no_backlog(pool: Pool, rows: Rows, source: ChargeSource, end: str) -> None:
    await backlog(rows, source)
    status, code = (source.ends.approved, None) if end == "approved" else (source.ends.declined, "NO")
    for _ in range(2):  # the others are with the acquirer, as in any busy hour
        async with transaction(pool) as conn:
            await source.claim_due(conn, limit=BATCH * 5, lease_s=60)
    async with few_rows(pool) as conn:
        claimed = await source.claim_due(conn, limit=BATCH, lease_s=60)
    assert len(claimed) == BATCH
    asked = [each.lease for each in claimed[:10]]
    ended = [each.lease for each in claimed[10:]]
    async with few_rows(pool) as conn:
        held = await leases.lock_held(conn, source.table, [each.lease for each in claimed])
        assert len(held.ids) == BATCH
    async with few_rows(pool) as conn:
        queries = [StatusQuery(lease, held.now, 1, requires_review=False) for lease in asked]
        await leases.schedule_queries(conn, source.table, queries)
    async with few_rows(pool) as conn:
        await source.settle(conn, [Settlement(lease, status, code, None) for lease in ended])
    async with few_rows(pool) as conn:
        assert await leases.next_due_in_s(conn, source.table) == 0
    settled = await rows.one(f"SELECT count(*) FROM {source.table} WHERE status = %s", (status,))
    assert settled == len(ended) + (500 if source is PAYMENTS and end == "approved" else 0)


async def test_a_batch_of_refunds_reads_its_payments_only(pool: Pool, rows: Rows) -> None:
    for table in ("payments", "orders"):
        await rows.run(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    await rows.payments(*await rows.orders(500))
    await rows.run("ANALYZE payments")
    paid = await rows.paid(BACKLOG)
    async with few_rows(pool) as conn:
        assert len(await refundable.lock(conn, paid[:BATCH])) == BATCH
    async with few_rows(pool) as conn:
        await refundable.hold(conn, dict.fromkeys(paid[:BATCH], 100))
