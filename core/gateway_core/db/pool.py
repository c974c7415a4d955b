"""The connection pool and the only place in the gateway that commits."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from gateway_core.runtime.metrics import gauge

Connection: TypeAlias = psycopg.AsyncConnection[DictRow]
Pool: TypeAlias = AsyncConnectionPool[Connection]

CONNECT_TIMEOUT_S = 3
POOL_WAIT_S = 5.0
RECONNECT_EVERY_S = 0.5
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 3_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
ANSWER_TIMEOUT_S = 20.0
"""Longer than the server lets any statement take: a server that is silent for so long does not work any more."""
RANDOM_PAGE_COST = 1.1

UNAVAILABLE = (
    psycopg.OperationalError,  # psycopg_pool's PoolTimeout, PoolClosed and TooManyRequests are such
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,  # this process was paused within a transaction
    errors.ReadOnlySqlTransaction,  # the server has become a standby
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
    """A connection that closes when the server does not respond for ``ANSWER_TIMEOUT_S``.

    The server's own timeouts do not work while its host is frozen or the network drops packets, and libpq's
    ``tcp_user_timeout`` does not detect a frozen server whose kernel still acknowledges.
    """

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        deadline = asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_S, self._hang_up)
        try:
            return await super().wait(*args, **kwargs)
        finally:
            deadline.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


def create_pool(database_url: str, *, size: int, application_name: str) -> Pool:
    """A pool of at most ``size`` connections, to be opened with ``async with``; it connects when first used.

    ``database_url`` is libpq's ``postgresql://…`` form. A caller waits at most ``POOL_WAIT_S`` for a connection
    (psycopg_pool's ``PoolTimeout`` afterwards), and every statement is bounded by the server
    (``STATEMENT_TIMEOUT_MS``) and, should that be silent, here (``ANSWER_TIMEOUT_S``).
    """
    return AsyncConnectionPool(
        database_url,
        connection_class=BoundedConnection,
        kwargs={
            # A single statement needs no BEGIN and no COMMIT around it: it is one round trip instead of three.
            "autocommit": True,
            "row_factory": dict_row,
            "options": SESSION_OPTIONS,
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": application_name,
        },
        min_size=0,
        max_size=size,
        open=False,
        name=application_name,
        timeout=POOL_WAIT_S,
        reconnect_timeout=RECONNECT_EVERY_S,
        reconnect_failed=_reconnect_for_callers,
    )


async def _reconnect_for_callers(pool: AsyncConnectionPool[Any]) -> None:
    """Keep connecting while a caller waits: the pool itself would retry ever less often, or not until the next
    caller.
    """
    if pool.get_stats()["requests_waiting"]:
        await pool.check()


def watch_pool(pool: Pool) -> None:
    """Show ``pool``, the process's only one, in the metrics."""

    def idle() -> int:
        return pool.get_stats()["pool_available"]

    _connections.labels("in_use").set_function(lambda: pool.get_stats()["pool_size"] - idle())
    _connections.labels("idle").set_function(idle)
    _pool_size.set_function(lambda: pool.max_size)
    _waiting.set_function(lambda: pool.get_stats()["requests_waiting"])


@asynccontextmanager
async def autocommit(pool: Pool) -> AsyncIterator[Connection]:
    """A connection on which each statement is a transaction of its own, in one round trip.

    Rows are dictionaries. Raises :class:`psycopg.Error`; those of ``UNAVAILABLE`` when PostgreSQL is away.
    """
    conn = await pool.getconn()
    try:
        yield conn
    except errors.ReadOnlySqlTransaction:
        await conn.close()  # its server is a standby; the next connection finds the new primary
        raise
    finally:
        await _give_back(pool, conn)


reading = autocommit
"""The name for code that only reads."""


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One short transaction; commits at the end of the block, rolls back on any exception.

    BEGIN goes out with the first statement. Rows are dictionaries. Raises as :func:`autocommit`.
    """
    async with autocommit(pool) as conn:
        await conn.set_autocommit(False)
        try:
            yield conn
            await conn.commit()
        except BaseException:
            with suppress(psycopg.Error):
                await conn.rollback()
            raise
        finally:
            if conn.info.transaction_status is TransactionStatus.IDLE:
                await conn.set_autocommit(True)


async def _give_back(pool: Pool, conn: Connection) -> None:
    lost = conn.closed
    if not conn.autocommit:
        await conn.close()  # the outcome of its transaction is unknown
    await pool.putconn(conn)
    if lost:
        await pool.drain()  # the server has stopped, and with it every idle connection
