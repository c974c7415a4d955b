"""What one process does for all of them: throw away what has expired, look after the events, measure the queues.

Every worker process runs this, and the one that leads (:class:`Heartbeat`) does the work. It is safe for two to do it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway_core.db.pool import UNAVAILABLE, Pool, autocommit
from gateway_core.db.queries import idempotency, sessions
from gateway_core.runtime.metrics import counter
from gateway_core.worker import observe

SWEEP_EVERY_S: Final = 2.0
"""Unpublished events are found by the due loops within a second all the same."""
OBSERVE_EVERY_S: Final = 5.0
PURGE_EVERY_S: Final = 60.0
ASK_EVERY_S: Final = 1.0
"""Whether this process leads now."""
PURGE_BATCH: Final = 1_000
PAUSE_S: Final = 0.1
"""Between two full batches: an overdue purge must not keep the database from its work."""

_failures = counter("gateway_observer_failures_total", "Readings and purges that failed.", ("what",))


@dataclass(frozen=True, slots=True)
class Chore:
    """``run`` is called every ``every_s`` seconds by the process that leads, ``hand_over`` by the others."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[None]]
    hand_over: Callable[[], None] = lambda: None


def chores(pool: Pool, wake_relay: Callable[[], None]) -> list[Chore]:
    """All of them."""

    async def relay() -> None:
        """Also finds events whose process died before it published them, or that one without a relay committed."""
        if await observe.relay_lag(pool) > 0:
            wake_relay()

    return [
        Chore("backlog", OBSERVE_EVERY_S, lambda: observe.backlog(pool), observe.withdraw_backlog),
        Chore("relay lag", SWEEP_EVERY_S, relay, observe.withdraw_relay_lag),
        Chore("purge", PURGE_EVERY_S, lambda: purge(pool)),
    ]


async def keep_house(chore: Chore, leads: Callable[[], bool]) -> None:
    """Do ``chore`` for ever, whenever this process leads; outages are waited out."""
    failures = _failures.labels(chore.name)
    while True:
        if not leads():
            chore.hand_over()
            await asyncio.sleep(ASK_EVERY_S)
            continue
        try:
            await chore.run()
        except UNAVAILABLE:
            failures.inc()
            chore.hand_over()
        await asyncio.sleep(chore.every_s)


async def purge(pool: Pool, *, batch: int = PURGE_BATCH) -> None:
    """Delete idempotency answers older than the promised 24 hours, sessions that ended and old failures to sign in."""
    more = True
    while more:
        async with autocommit(pool) as conn:
            more = await idempotency.purge_expired(conn, batch) == batch
            more = await sessions.forget_old(conn, batch) or more
        if more:
            await asyncio.sleep(PAUSE_S)
