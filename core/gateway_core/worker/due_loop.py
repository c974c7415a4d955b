"""The one loop of a queue worker: claim what is due in PostgreSQL, work on it, sleep until more is due.

Delays, retries and recovery after a crash are all just rows that become due. The stream only wakes the loop.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from gateway_core.db.pool import UNAVAILABLE, describe_outage
from gateway_core.runtime.metrics import counter, gauge, histogram

MIN_SLEEP_S = 0.02
MAX_SLEEP_S = 1.0
"""The loop looks at PostgreSQL at least this often, whatever the stream says or has lost."""

SETTLE_S = 0.05
"""After a claim: what is recorded within this time, as most rows are, shares the read of the next due time."""

STAGES = ("claim", "look", "process")

Row = TypeVar("Row")

_batch_size = histogram(
    "gateway_worker_batch_size",
    "Rows claimed in one round.",
    ("queue",),
    buckets=(1, 5, 10, 50, 100, 250, 500),
)
_in_flight = gauge("gateway_worker_in_flight", "Rows claimed and not yet recorded.", ("queue",))
lease_expired = counter(
    "gateway_lease_expired_total", "Rows claimed after their lease had run out unrecorded.", ("queue",)
)
_failures = counter("gateway_worker_failures_total", "Rounds or chunks that failed.", ("queue", "stage"))

_log = logging.getLogger(__name__)


class Work(Protocol[Row]):
    """What a queue's worker does; rows are leased by ``claim`` and recorded by ``process``."""

    async def claim(self, limit: int) -> Sequence[Row]:
        """Lease up to ``limit`` due rows in one short transaction."""

    async def process(self, rows: Sequence[Row]) -> None:
        """Do the work and record its outcome. What it leaves unrecorded becomes due again with its lease."""

    async def next_due_in_s(self) -> float | None:
        """Seconds until something is due (0 = now); None when nothing is waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """``batch`` rows a claim at most, ``max_in_flight`` rows in work, handed to ``process`` by ``chunk``.

    ``min_round_s`` is the least time between two claims: rows that become due meanwhile share one.
    """

    batch: int = 250
    max_in_flight: int = 1_000
    chunk: int = 250
    min_round_s: float = MIN_SLEEP_S


class DueLoop(Generic[Row]):
    """Runs a :class:`Work` for ever. One round = one claim; chunks are worked on in the background."""

    def __init__(self, queue: str, work: Work[Row], bounds: Bounds) -> None:
        self.queue = queue
        self._work = work
        self._bounds = bounds
        self._rows_in_flight = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._claim_wanted = False
        self._short_of_room = False
        self._stirred = asyncio.Event()
        _in_flight.labels(queue).set(0)
        lease_expired.labels(queue)
        for stage in STAGES:
            _failures.labels(queue, stage)

    @property
    def in_flight(self) -> int:
        """Rows claimed by this loop and not yet recorded."""
        return self._rows_in_flight

    def wake(self) -> None:
        """Look for due work now. Costs nothing and never waits."""
        self._claim_wanted = True
        self._stirred.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until ``stopping`` is set, then finish what is in flight. Outages are waited out, never raised."""
        stop_watch = asyncio.create_task(self._wake_on(stopping))
        try:
            while not stopping.is_set():
                started = time.monotonic()
                claimed_all = await self._round()
                await self._pause(started, claimed_all, stopping)
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            stop_watch.cancel()
            for task in self._tasks:
                task.cancel()

    async def _wake_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._stirred.set()

    async def _round(self) -> bool:
        """Claim and start one batch; returns True when nothing more is due now."""
        self._claim_wanted = False
        self._stirred.clear()
        limit = min(self._bounds.batch, self._bounds.max_in_flight - self._rows_in_flight)
        self._short_of_room = limit <= 0
        if self._short_of_room:
            return True
        try:
            rows = await self._work.claim(limit)
        except Exception as error:  # noqa: BLE001 -- the loop outlives every failure; leases bring the rows back
            self._failed("claim", error)
            await asyncio.sleep(MAX_SLEEP_S)
            return True
        self._start(rows)
        return len(rows) < limit

    async def _pause(self, started: float, claimed_all: bool, stopping: asyncio.Event) -> None:
        """Wait for a wake-up or the next due time.

        That time is asked for by one read: every ``MAX_SLEEP_S``, and when rows have been recorded, which may be due
        again soon. So neither an idle queue nor the end of a chunk costs a claim.
        """
        await asyncio.sleep(max(0.0, started + self._bounds.min_round_s - time.monotonic()))
        if claimed_all and self._rows_in_flight:
            await self._stirred_within(SETTLE_S)
        while not stopping.is_set() and claimed_all and not self._claim_wanted:
            self._stirred.clear()
            due_in_s = await self._due_in_s()
            if due_in_s <= MIN_SLEEP_S:
                await asyncio.sleep(MIN_SLEEP_S)
                return
            if await self._stirred_within(min(due_in_s, MAX_SLEEP_S)):
                if not self._claim_wanted:
                    await asyncio.sleep(
                        self._bounds.min_round_s
                    )  # what is recorded meanwhile shares the next read
            elif due_in_s <= MAX_SLEEP_S:
                return

    async def _stirred_within(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._stirred.wait()
        except TimeoutError:
            return False

    async def _due_in_s(self) -> float:
        """Seconds until something can be claimed, as far as is known; infinite when nothing waits."""
        if self._rows_in_flight >= self._bounds.max_in_flight:
            return math.inf
        try:
            due_in_s = await self._work.next_due_in_s()
        except Exception as error:  # noqa: BLE001 -- the same
            self._failed("look", error)
            return math.inf
        return math.inf if due_in_s is None else due_in_s

    def _start(self, rows: Sequence[Row]) -> None:
        if rows:
            _batch_size.labels(self.queue).observe(len(rows))
        for first in range(0, len(rows), self._bounds.chunk):
            chunk = rows[first : first + self._bounds.chunk]
            self._count_in_flight(len(chunk))
            self._spawn(self._process(chunk))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _process(self, chunk: Sequence[Row]) -> None:
        try:
            await self._work.process(chunk)
        except Exception as error:  # noqa: BLE001 -- the same
            self._failed("process", error)
        finally:
            self._count_in_flight(-len(chunk))
            self._claim_wanted = self._claim_wanted or self._short_of_room
            self._stirred.set()

    def _count_in_flight(self, change: int) -> None:
        self._rows_in_flight += change
        _in_flight.labels(self.queue).set(self._rows_in_flight)

    def _failed(self, stage: str, error: Exception) -> None:
        _failures.labels(self.queue, stage).inc()
        if isinstance(error, UNAVAILABLE):
            _log.warning("%s: %s put off, %s: %s", self.queue, stage, describe_outage(error), error)
        else:
            _log.error(
                "%s: %s failed; rows it held are due again when their leases end",
                self.queue,
                stage,
                exc_info=error,
            )
