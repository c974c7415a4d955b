"""Queries that share round trips are both over before the transaction goes on, whatever becomes of them."""

from __future__ import annotations

import psycopg
import pytest

from api.pipeline import both
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration


async def select(conn: Connection, *statements: str) -> list[object]:
    """The only value of each statement, one after the other."""
    values = []
    for statement in statements:
        row = await (await conn.execute(statement)).fetchone()
        assert row is not None
        values.append(row["value"])
    return values


async def test_both_answers_come_back(pool: Pool) -> None:
    async with transaction(pool) as conn, conn.pipeline():
        answers = await both(
            select(conn, "SELECT 1 AS value", "SELECT 2 AS value"), select(conn, "SELECT 3 AS value")
        )
    assert answers == ([1, 2], [3])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("piped", [False, True])
async def test_the_failure_that_caused_the_others_is_raised_and_nothing_goes_on_afterwards(
    pool: Pool, rows: Rows, turned: bool, piped: bool
) -> None:
    await rows.run("CREATE TABLE marks (mark int)")
    insert = "INSERT INTO marks VALUES (1) RETURNING mark AS value"

    async def failing(conn: Connection) -> None:
        good = select(conn, "SELECT 1 AS value", insert, insert)
        bad = select(conn, "SELECT 1 / 0 AS value")
        await (both(bad, good) if turned else both(good, bad))

    with pytest.raises(psycopg.errors.DivisionByZero):
        async with transaction(pool) as conn:
            if piped:
                async with conn.pipeline():
                    await failing(conn)
            else:
                await failing(conn)
    assert conn.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert await rows.one("SELECT count(*) FROM marks") == 0
    async with transaction(pool) as conn, conn.pipeline():
        assert await both(select(conn, "SELECT 1 AS value"), select(conn, "SELECT 2 AS value")) == ([1], [2])
