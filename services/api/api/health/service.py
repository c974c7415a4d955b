"""Is the gateway fit to work, and how much work is waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from api.health.probe import Probe
from api.health.schemas import Health, JobStatus, WorkerStatus
from gateway_core.db.pool import Connection, Pool, reading, require_writable
from gateway_core.db.queries.heartbeats import live_queues
from gateway_core.db.queries.jobs import count_jobs
from gateway_core.domain.events import rfc3339
from gateway_core.runtime.clock import utc_now
from gateway_core.streams.names import Stream

FRESH_S: Final = 1.0
REDIS_DEADLINE_S: Final = 0.2
DATABASE_DEADLINE_S: Final = 2.0

Ping = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Database:
    connected: bool
    worker: WorkerStatus


class HealthService:
    """Asks PostgreSQL and Redis, each within a bound, so that the loss of one never slows the report of it."""

    def __init__(self, pool: Pool, redis_ping: Ping) -> None:
        self._pool = pool
        self._redis = Probe(redis_ping, otherwise=False, fresh_s=FRESH_S, deadline_s=REDIS_DEADLINE_S)
        self._database = Probe(
            self._ask_database,
            otherwise=_Database(connected=False, worker="stopped"),
            fresh_s=0.0,
            deadline_s=DATABASE_DEADLINE_S,
        )

    async def health(self) -> Health:
        """What PostgreSQL and Redis answer; unhealthy when PostgreSQL does not."""
        database, redis = await self._database(), await self._redis()
        return Health(
            status="healthy" if database.connected else "unhealthy",
            database="connected" if database.connected else "disconnected",
            redis="connected" if redis else "disconnected",
            worker=database.worker,
            timestamp=rfc3339(utc_now()),
        )

    async def is_ready(self) -> bool:
        """Whether requests can be served: PostgreSQL answers and is no standby."""
        return (await self._database()).connected

    async def jobs(self) -> JobStatus:
        """The jobs of all three queues, counted in PostgreSQL."""
        async with reading(self._pool) as conn:
            counts = await count_jobs(conn)
            worker = await _worker_status(conn)
        return JobStatus(
            pending=counts.pending,
            processing=counts.processing,
            completed=counts.completed,
            failed=counts.failed,
            worker_status=worker,
        )

    async def aclose(self) -> None:
        """Stop asking."""
        await self._redis.aclose()
        await self._database.aclose()

    async def _ask_database(self) -> _Database:
        async with reading(self._pool) as conn:
            await require_writable(conn)
            return _Database(connected=True, worker=await _worker_status(conn))


async def _worker_status(conn: Connection) -> WorkerStatus:
    live = await live_queues(conn)
    return "running" if all(stream.value in live for stream in Stream) else "stopped"
