"""The connection pool and the only place in the gateway that commits."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from gateway_core.runtime.metrics import gauge

CONNECT_TIMEOUT_S = 3
RECONNECT_EVERY_S = 0.5
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 3_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
RANDOM_PAGE_COST = 1.1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the callers of a pool wait.

    ``pool_wait_s`` for a connection; ``statement_ms`` until the server cancels a statement; ``answer_s`` for both
    together, after which the server counts as frozen and the connection is closed.
    """

    pool_wait_s: float
    statement_ms: int
    answer_s: float


WORKER = Patience(pool_wait_s=5.0, statement_ms=STATEMENT_TIMEOUT_MS, answer_s=20.0)
REQUEST = Patience(pool_wait_s=3.0, statement_ms=4_500, answer_s=5.0)
"""For the API, whose callers hold a connection to it while they wait."""

UNAVAILABLE = (
    psycopg.OperationalError,  # psycopg_pool's PoolTimeout, PoolClosed and TooManyRequests are such
    psycopg.InterfaceError,
    errors.IdleInTransactionSessionTimeout,  # this process was paused within a transaction
    errors.ReadOnlySqlTransaction,  # the server has become a standby
)
"""What a transaction raises when PostgreSQL cannot be reached, went away, or has no connection free."""


def describe_outage(error: Exception) -> str:
    """What one of ``UNAVAILABLE`` says about the server, for a log line."""
    match error:
        case errors.QueryCanceled() | errors.LockNotAvailable():
            return "a statement took too long"
        case PoolTimeout() | TooManyRequests():
            return "no connection is free"
        case errors.ReadOnlySqlTransaction():
            return "database is read-only"
        case _:
            return "database unreachable"


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
    """A connection that closes when the server does not respond for ``answer_timeout_s``.

    The server's own timeouts do not help while its host is frozen or the network drops every packet, and libpq's
    ``tcp_user_timeout`` does not notice a frozen server whose kernel still acknowledges.
    """

    answer_timeout_s = WORKER.answer_s
    waited_s = 0.0
    """What its caller has waited for the connection; it counts for the first response."""
    # One timer that looks at the clock again costs a fifth of what a timer for each wait does.
    _timer: asyncio.TimerHandle | None = None
    _waiting_since_s: float | None = None

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        self._waiting_since_s, self.waited_s = loop.time() - self.waited_s, 0.0
        if self._timer is None:
            self._check(loop)
        try:
            return await super().wait(*args, **kwargs)
        finally:
            self._waiting_since_s = None

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._waiting_since_s is None or self.closed:
            return
        left_s = self._waiting_since_s + self.answer_timeout_s - loop.time()
        if left_s > 0:
            self._timer = loop.call_later(left_s, self._check, loop)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


Connection: TypeAlias = psycopg.AsyncConnection[DictRow]
Pool: TypeAlias = AsyncConnectionPool[BoundedConnection]


def create_pool(database_url: str, *, size: int, application_name: str, patience: Patience = WORKER) -> Pool:
    """A pool of at most ``size`` connections, to be opened with ``async with``; it connects when first used.

    ``database_url`` is libpq's ``postgresql://…`` form. Callers wait as long as ``patience`` says
    (psycopg_pool's ``PoolTimeout`` when no connection becomes free).
    """

    async def configure(conn: BoundedConnection) -> None:
        conn.answer_timeout_s = patience.answer_s

    return AsyncConnectionPool(
        database_url,
        connection_class=BoundedConnection,
        kwargs={
            # A single statement needs no BEGIN and no COMMIT around it: it is one round trip instead of three.
            "autocommit": True,
            "row_factory": dict_row,
            "options": f"{SESSION_OPTIONS} -c statement_timeout={patience.statement_ms}",
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": application_name,
        },
        min_size=0,
        max_size=size,
        open=False,
        name=application_name,
        timeout=patience.pool_wait_s,
        configure=configure,
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
    began_s = time.monotonic()
    conn = await pool.getconn()
    conn.waited_s = time.monotonic() - began_s
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


async def accepts_writes(pool: Pool) -> bool:
    """Whether the server is one to work on. Raises as :func:`autocommit`, and for a standby."""
    async with autocommit(pool) as conn:
        await require_writable(conn)
    return True


async def require_writable(conn: Connection) -> None:
    """Raises ``ReadOnlySqlTransaction`` for a standby, on which no statement that only reads fails."""
    row = await (await conn.execute("SHOW transaction_read_only")).fetchone()
    if row is None or row["transaction_read_only"] == "on":
        raise errors.ReadOnlySqlTransaction("the server is read-only")


async def _give_back(pool: Pool, conn: BoundedConnection) -> None:
    lost = conn.closed
    if not conn.autocommit:
        await conn.close()  # the outcome of its transaction is unknown
    await pool.putconn(conn)
    if lost:
        await pool.drain()  # the server has stopped, and with it every idle connection
