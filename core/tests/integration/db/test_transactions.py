"""One transaction: all or nothing, bounded, and on a new connection after the server stopped."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from functools import partial
from typing import LiteralString

import psycopg
import pytest
from psycopg import errors
from psycopg.pq import TransactionStatus

from devstack.servers import Server
from gateway_core.db.pool import (
    IDLE_IN_TRANSACTION_TIMEOUT_MS,
    LOCK_TIMEOUT_MS,
    RECONNECT_EVERY_S,
    REQUEST,
    STATEMENT_TIMEOUT_MS,
    UNAVAILABLE,
    WORKER,
    Patience,
    Pool,
    accepts_writes,
    autocommit,
    create_pool,
    describe_outage,
    reading,
    transaction,
)
from gateway_core.testing.factories import DEADLINE_S, eventually, free_port
from gateway_core.testing.plugin import POOL_SIZE
from gateway_core.testing.rows import Rows
from gateway_core.worker.invariants import VIEW_TIMEOUT_MS

pytestmark = pytest.mark.integration

ADD = "INSERT INTO worker_heartbeats (worker_id, queue) VALUES ('w', 'q')"


async def cut_all(database_url: str) -> None:
    """End every other session on the database, as a restart of the server does."""
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def heartbeats(rows: Rows) -> int:
    return int(await rows.one("SELECT count(*) FROM worker_heartbeats"))


async def test_the_end_of_the_block_commits(pool: Pool, rows: Rows) -> None:
    async with transaction(pool) as conn:
        await conn.execute(ADD)
        assert await heartbeats(rows) == 0
    assert await heartbeats(rows) == 1


async def test_an_exception_rolls_back(pool: Pool, rows: Rows) -> None:
    with pytest.raises(ValueError, match="no"):
        async with transaction(pool) as conn:
            await conn.execute(ADD)
            raise ValueError("no")
    assert await heartbeats(rows) == 0


async def test_a_failed_statement_does_not_spoil_the_next_transaction(pool: Pool, rows: Rows) -> None:
    for _ in range(3):
        with pytest.raises(errors.UndefinedTable):
            await rows.run("SELECT * FROM nowhere")
    assert await rows.run(ADD) == 1


async def test_a_cancelled_transaction_rolls_back_and_frees_its_connection(database_url: str) -> None:
    began = asyncio.Event()

    async def hang(pool: Pool) -> None:
        async with transaction(pool) as conn:
            await conn.execute(ADD)
            began.set()
            await conn.execute("SELECT pg_sleep(60)")

    async with create_pool(database_url, size=1, application_name="test") as pool:
        task = asyncio.create_task(hang(pool))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await heartbeats(Rows(pool)) == 0


async def test_no_connection_is_lost_to_callers_who_are_cancelled(pool: Pool, rows: Rows) -> None:
    """Whatever they do at that moment: wait for a connection, talk to the server, give it back."""

    async def write() -> None:
        async with transaction(pool) as conn:
            await conn.execute("UPDATE worker_heartbeats SET queue = 'r'")

    async def read() -> None:
        async with reading(pool) as conn:
            await conn.execute("SELECT 1")

    await rows.run(ADD)
    for number in range(60):
        tasks = [asyncio.create_task(each()) for each in (read, write) for _ in range(POOL_SIZE)]
        await asyncio.sleep(number / 10_000)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert await asyncio.gather(*(rows.one("SELECT 1 FROM pg_sleep(0.05)") for _ in range(POOL_SIZE)))
    await eventually(lambda: pool.get_stats()["pool_size"] == pool.get_stats()["pool_available"])


async def test_a_read_is_one_round_trip_and_ends_by_itself(pool: Pool, rows: Rows) -> None:
    async with reading(pool) as conn:
        await conn.execute(ADD)
        assert conn.info.transaction_status is TransactionStatus.IDLE
        assert await heartbeats(rows) == 1


async def test_what_waits_is_bounded_by_the_server(pool: Pool, rows: Rows) -> None:
    bounds = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }
    for name, value_ms in bounds.items():
        assert await rows.one("SELECT setting::int FROM pg_settings WHERE name = %s", (name,)) == value_ms
    assert await rows.one("SHOW timezone") == "UTC"
    assert await rows.one("SHOW application_name") == "test"
    assert pool.timeout == WORKER.pool_wait_s


async def test_a_server_that_cannot_be_reached_is_unavailable() -> None:
    url = f"postgresql://u:p@127.0.0.1:{free_port()}/d"
    async with create_pool(url, size=1, application_name="test") as pool:
        pool.timeout = 0.2
        with pytest.raises(UNAVAILABLE):
            async with asyncio.timeout(DEADLINE_S), transaction(pool):
                pass


async def test_a_caller_who_waits_is_served_as_soon_as_the_server_is_there(private_postgres: Server) -> None:
    await asyncio.to_thread(private_postgres.stop)
    async with create_pool(private_postgres.url, size=1, application_name="test") as pool:
        waiting = asyncio.create_task(Rows(pool).one("SELECT 1"))
        await asyncio.sleep(3 * RECONNECT_EVERY_S)
        await asyncio.to_thread(private_postgres.start)
        async with asyncio.timeout(2 * RECONNECT_EVERY_S + 1):
            assert await waiting == 1


async def test_one_error_after_a_restart_then_every_connection_is_fresh(
    pool: Pool, rows: Rows, database_url: str
) -> None:
    await asyncio.gather(*(rows.one("SELECT 1 FROM pg_sleep(0.1)") for _ in range(5)))
    await cut_all(database_url)
    with pytest.raises(UNAVAILABLE):
        await rows.one("SELECT 1")
    assert await asyncio.gather(*(rows.one("SELECT 1") for _ in range(10))) == [1] * 10


async def test_a_server_that_goes_away_inside_a_transaction_is_unavailable(
    pool: Pool, rows: Rows, database_url: str
) -> None:
    with pytest.raises(UNAVAILABLE):
        async with transaction(pool) as conn:
            await conn.execute(ADD)
            await cut_all(database_url)
    assert await heartbeats(rows) == 0


async def test_a_server_that_falls_silent_is_unavailable(database_url: str) -> None:
    """A frozen host, or a network that drops everything: no error ever comes from there."""
    assert max(WORKER.statement_ms, VIEW_TIMEOUT_MS) < WORKER.answer_s * 1000
    assert REQUEST.statement_ms < REQUEST.answer_s * 1000
    impatient = Patience(pool_wait_s=DEADLINE_S, statement_ms=1000, answer_s=0.2)
    async with create_pool(database_url, size=2, application_name="test", patience=impatient) as pool:
        rows = Rows(pool)
        async with transaction(pool) as conn:
            backend_pid = conn.info.backend_pid
        os.kill(backend_pid, signal.SIGSTOP)
        try:
            with pytest.raises(UNAVAILABLE):
                await rows.one("SELECT 1")
            assert await rows.one("SELECT 1") == 1
        finally:
            os.kill(backend_pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("sql", "description"),
    [
        ("SET statement_timeout = 20; SELECT pg_sleep(5)", "a statement took too long"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "database unreachable"),
        ("BEGIN READ ONLY; CREATE TABLE t ()", "database is read-only"),
    ],
)
async def test_an_outage_is_described_as_what_it_is(pool: Pool, sql: LiteralString, description: str) -> None:
    with pytest.raises(UNAVAILABLE) as caught:
        async with autocommit(pool) as conn:
            await conn.execute(sql)
    assert describe_outage(caught.value) == description


async def test_a_transaction_left_idle_is_ended_by_the_server_and_counts_as_unavailable(
    pool: Pool, rows: Rows
) -> None:
    """A worker that was paused must not die of it: psycopg calls this an InternalError."""
    with pytest.raises(UNAVAILABLE):
        async with transaction(pool) as conn:
            await conn.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
            await eventually(partial(ended, rows, conn.info.backend_pid))
            await conn.execute("SELECT 1")
    assert await rows.one("SELECT 1") == 1


async def ended(rows: Rows, pid: int) -> bool:
    return await rows.values("SELECT pid FROM pg_stat_activity WHERE pid = %s", (pid,)) == []


async def test_a_server_that_became_a_standby_is_unavailable_and_left_alone(pool: Pool) -> None:
    with pytest.raises(UNAVAILABLE):
        async with transaction(pool) as conn:
            await conn.execute("SET TRANSACTION READ ONLY")
            await conn.execute(ADD)
    assert conn.closed


async def test_one_dead_connection_leaves_the_others_in_order(
    pool: Pool, rows: Rows, database_url: str
) -> None:
    """Those in use finish their work, and none is left to the garbage collector (which would warn)."""
    async with transaction(pool) as healthy:
        await healthy.execute(ADD)
        with pytest.raises(UNAVAILABLE):
            async with transaction(pool) as doomed:
                await doomed.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await heartbeats(rows) == 1
    await pool.close()
    gc.collect()
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test'"
    async with await psycopg.AsyncConnection.connect(database_url) as connection:

        async def none_left() -> bool:
            return await (await connection.execute(sessions)).fetchone() == (0,)

        await eventually(none_left)


async def test_the_isolation_that_every_statement_counts_on_is_not_left_to_the_database(
    pool: Pool, rows: Rows
) -> None:
    """Waiting for a lock and then seeing what its holder committed: no stricter level lets one."""
    name = await rows.one("SELECT current_database()")
    await rows.run(f'ALTER DATABASE "{name}" SET default_transaction_isolation = serializable')
    await pool.drain()
    assert await rows.one("SHOW transaction_isolation") == "read committed"


async def test_a_read_only_server_is_not_ready_and_its_connection_is_closed(pool: Pool) -> None:
    async with autocommit(pool) as conn:
        await conn.execute("SET default_transaction_read_only = on")
    with pytest.raises(errors.ReadOnlySqlTransaction):
        await accepts_writes(pool)
    assert conn.closed
    assert await accepts_writes(pool)
