"""The connection pool and the only place in the gateway that commits."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg import errors
from psycopg.rows import DictRow, dict_row
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from gateway_core.runtime.metrics import gauge

Connection = psycopg.AsyncConnection[DictRow]

CONNECT_TIMEOUT_S = 3
POOL_WAIT_S = 5.0
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 3_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
ANSWER_TIMEOUT_S = 20.0
"""Longer than the server lets any statement take: one that says nothing for so long does not work any more."""
RANDOM_PAGE_COST = 1.1

UNAVAILABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,  # this process was paused inside a transaction
    errors.ReadOnlySqlTransaction,  # the server became a standby
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
)
"""What a transaction raises when PostgreSQL cannot be reached, went away, or has no connection free."""

_connections = gauge("gateway_db_pool_connections", "Connections of the process's pool.", ("state",))
_pool_size = gauge("gateway_db_pool_size", "The most connections that the pool may open.")
_waiting = gauge("gateway_db_pool_waiting", "Callers that have no connection yet.")

SESSION_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "timezone": "UTC",
        # The guards wait for a row's lock and then see what its last holder committed.
        "default_transaction_isolation": r"read\ committed",
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "lock_timeout": LOCK_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
        # Batches look rows up by key, on disks without a head and mostly in memory: the default of 4 makes the
        # planner read whole tables instead. Compiling a plan costs more than any statement here takes.
        "random_page_cost": RANDOM_PAGE_COST,
        # A plan cached while the tables were empty would be kept for ever: a claim then takes 135 ms instead of 3.
        "plan_cache_mode": "force_custom_plan",
        "jit": "off",
        # So does starting parallel workers, on cores that other requests need.
        "max_parallel_workers_per_gather": 0,
    }.items()
)


class BoundedConnection(psycopg.AsyncConnection[DictRow]):
    """A connection that ends, as after a crash of the server, when it is left without an answer.

    The server's own bounds are worth nothing while its host is frozen or the network drops everything.
    """

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        patience = asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_S, self._hang_up)
        try:
            return await super().wait(*args, **kwargs)
        finally:
            patience.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


def create_engine(database_url: str, *, pool_size: int, application_name: str) -> AsyncEngine:
    """A pool of at most ``pool_size`` connections; nothing is connected until first use.

    ``database_url`` is libpq's ``postgresql://…`` form. A caller waits at most ``POOL_WAIT_S`` for a
    connection, and every statement is bounded by the server (``STATEMENT_TIMEOUT_MS``) and, should that say
    nothing, here (``ANSWER_TIMEOUT_S``).
    """
    return create_async_engine(
        make_url(database_url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_use_lifo=True,
        connect_args={
            "async_creator_fn": BoundedConnection.connect,
            "options": SESSION_OPTIONS,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": application_name,
        },
    )


def watch_pool(engine: AsyncEngine) -> None:
    """Let the metrics tell of the pool of ``engine``, which is the process's one."""

    def pool() -> QueuePool:
        return cast("QueuePool", engine.pool)  # another one after an outage

    _connections.labels("in_use").set_function(lambda: pool().checkedout())
    _connections.labels("idle").set_function(lambda: pool().checkedin())
    _pool_size.set_function(lambda: pool().size())


# The event loop holds tasks weakly.
_closing: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """One short transaction on psycopg itself; commits at the end of the block, rolls back on any exception.

    Rows are dictionaries. Raises :class:`psycopg.Error` and SQLAlchemy's pool ``TimeoutError``.
    """
    pool = engine.pool
    async with AsyncExitStack() as leaving:
        with _waiting.track_inprogress():
            pooled = await _check_out(engine)
        leaving.push_async_exit(pooled)
        driver = await _driver_connection(pooled)
        try:
            yield driver
            await driver.commit()
        except BaseException:
            await _roll_back(driver)
            raise
        finally:
            if driver.closed and engine.pool is pool:
                await engine.dispose()  # the server went away, and every pooled connection died with it
            if engine.pool is not pool:
                await pooled.invalidate()  # back in a disposed pool nobody would ever close it


async def _check_out(engine: AsyncEngine) -> AsyncConnection:
    """A connection of the pool, taken in a task of its own.

    SQLAlchemy sets a connection up after it has taken it, and loses it when its caller is cancelled in between.
    """
    taking = asyncio.create_task(_start(engine))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(_give_back)
        raise


async def _start(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect().start()


def _give_back(taken: asyncio.Task[AsyncConnection]) -> None:
    if not taken.cancelled() and taken.exception() is None:
        closing = asyncio.create_task(taken.result().close())
        _closing.add(closing)
        closing.add_done_callback(_closing.discard)


async def _driver_connection(pooled: AsyncConnection) -> Connection:
    raw = await pooled.get_raw_connection()
    driver = cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
    driver.row_factory = dict_row
    return cast("Connection", driver)


async def _roll_back(driver: Connection) -> None:
    try:
        if not driver.closed:
            await driver.rollback()
    except psycopg.Error:
        await driver.close()
