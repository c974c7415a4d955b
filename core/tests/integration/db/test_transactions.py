"""One transaction: all or nothing, bounded, and on a fresh connection after the server went away."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from functools import partial

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway_core.db import engine as engine_module
from gateway_core.db.engine import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    IDLE_IN_TRANSACTION_TIMEOUT_MS,
    LOCK_TIMEOUT_MS,
    POOL_WAIT_S,
    STATEMENT_TIMEOUT_MS,
    UNAVAILABLE,
    create_engine,
    transaction,
)
from gateway_core.testing.factories import eventually, free_port
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


async def test_the_end_of_the_block_commits(engine: AsyncEngine, rows: Rows) -> None:
    async with transaction(engine) as conn:
        await conn.execute(ADD)
        assert await heartbeats(rows) == 0
    assert await heartbeats(rows) == 1


async def test_an_exception_rolls_back(engine: AsyncEngine, rows: Rows) -> None:
    with pytest.raises(ValueError, match="no"):
        async with transaction(engine) as conn:
            await conn.execute(ADD)
            raise ValueError("no")
    assert await heartbeats(rows) == 0


async def test_a_failed_statement_does_not_spoil_the_next_transaction(
    engine: AsyncEngine, rows: Rows
) -> None:
    for _ in range(3):
        with pytest.raises(errors.UndefinedTable):
            await rows.run("SELECT * FROM nowhere")
    assert await rows.run(ADD) == 1


async def test_a_cancelled_transaction_rolls_back_and_frees_its_connection(database_url: str) -> None:
    engine = create_engine(database_url, pool_size=1, application_name="test")
    began = asyncio.Event()

    async def hang() -> None:
        async with transaction(engine) as conn:
            await conn.execute(ADD)
            began.set()
            await conn.execute("SELECT pg_sleep(60)")

    task = asyncio.create_task(hang())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await heartbeats(Rows(engine)) == 0
    await engine.dispose()


async def test_one_cancelled_while_it_gets_its_connection_gives_it_back(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "psycopg.waiting.MAX_BUSY_TIME", 0
    )  # it gives way at every step, as on a busy event loop

    async def read() -> None:
        async with transaction(engine.execution_options(isolation_level="AUTOCOMMIT")) as conn:
            await conn.execute("SELECT 1")

    await read()
    task = asyncio.create_task(read())
    event.listen(engine.sync_engine, "checkout", lambda *_: task.cancel(), once=True)
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: "out connections: 0" in engine.pool.status())
    gc.collect()
    assert caplog.messages == []


async def test_what_waits_is_bounded_by_the_server(engine: AsyncEngine, rows: Rows) -> None:
    bounds = {
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }
    for name, value_ms in bounds.items():
        assert await rows.one("SELECT setting::int FROM pg_settings WHERE name = %s", (name,)) == value_ms
    assert await rows.one("SHOW timezone") == "UTC"
    assert await rows.one("SHOW application_name") == "test"
    assert vars(engine.pool)["_timeout"] == POOL_WAIT_S


async def test_a_server_that_cannot_be_reached_is_unavailable() -> None:
    engine = create_engine(
        f"postgresql://u:p@127.0.0.1:{free_port()}/d", pool_size=1, application_name="test"
    )
    started = time.monotonic()
    with pytest.raises(UNAVAILABLE):
        async with transaction(engine):
            pass
    assert time.monotonic() - started < CONNECT_TIMEOUT_S


async def test_one_error_after_a_restart_then_every_connection_is_fresh(
    engine: AsyncEngine, rows: Rows, database_url: str
) -> None:
    await asyncio.gather(*(rows.one("SELECT 1 FROM pg_sleep(0.1)") for _ in range(5)))
    await cut_all(database_url)
    with pytest.raises(UNAVAILABLE):
        await rows.one("SELECT 1")
    assert await asyncio.gather(*(rows.one("SELECT 1") for _ in range(10))) == [1] * 10


async def test_a_server_that_goes_away_inside_a_transaction_is_unavailable(
    engine: AsyncEngine, rows: Rows, database_url: str
) -> None:
    with pytest.raises(UNAVAILABLE):
        async with transaction(engine) as conn:
            await conn.execute(ADD)
            await cut_all(database_url)
    assert await heartbeats(rows) == 0


async def test_a_server_that_falls_silent_is_unavailable(
    engine: AsyncEngine, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen host, or a network that drops everything: no error ever comes from there."""
    assert max(STATEMENT_TIMEOUT_MS, VIEW_TIMEOUT_MS) < ANSWER_TIMEOUT_S * 1000
    monkeypatch.setattr(engine_module, "ANSWER_TIMEOUT_S", 0.2)
    async with transaction(engine) as conn:
        backend_pid = conn.info.backend_pid
    os.kill(backend_pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(5):
            with pytest.raises(UNAVAILABLE):
                await rows.one("SELECT 1")
            assert await rows.one("SELECT 1") == 1
    finally:
        os.kill(backend_pid, signal.SIGCONT)


async def test_a_transaction_left_idle_is_ended_by_the_server_and_counts_as_unavailable(
    engine: AsyncEngine, rows: Rows
) -> None:
    """A worker that was paused must not die of it: psycopg calls this an InternalError."""
    with pytest.raises(UNAVAILABLE):
        async with transaction(engine) as conn:
            await conn.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
            await eventually(partial(ended, rows, conn.info.backend_pid))
            await conn.execute("SELECT 1")
    assert await rows.one("SELECT 1") == 1


async def ended(rows: Rows, pid: int) -> bool:
    return await rows.values("SELECT pid FROM pg_stat_activity WHERE pid = %s", (pid,)) == []


async def test_a_server_that_became_a_standby_is_unavailable(engine: AsyncEngine) -> None:
    with pytest.raises(UNAVAILABLE):
        async with transaction(engine) as conn:
            await conn.execute("SET TRANSACTION READ ONLY")
            await conn.execute(ADD)


async def test_one_dead_connection_leaves_the_others_in_order(
    engine: AsyncEngine, rows: Rows, database_url: str
) -> None:
    """Those in use finish their work, and none is left to the garbage collector (which would warn)."""
    async with transaction(engine) as healthy:
        await healthy.execute(ADD)
        with pytest.raises(UNAVAILABLE):
            async with transaction(engine) as doomed:
                await doomed.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert await heartbeats(rows) == 1
    await engine.dispose()
    gc.collect()
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test'"
    async with await psycopg.AsyncConnection.connect(database_url) as connection:

        async def none_left() -> bool:
            return await (await connection.execute(sessions)).fetchone() == (0,)

        await eventually(none_left)


async def test_the_isolation_that_every_statement_counts_on_is_not_left_to_the_database(
    engine: AsyncEngine, rows: Rows
) -> None:
    """Waiting for a lock and then seeing what its holder committed: no stricter level lets one."""
    name = await rows.one("SELECT current_database()")
    await rows.run(f'ALTER DATABASE "{name}" SET default_transaction_isolation = serializable')
    await engine.dispose()
    assert await rows.one("SHOW transaction_isolation") == "read committed"
