"""Gauges of what only PostgreSQL knows: what is due, since when, and which events are not on the streams yet.

One process at a time shows them (:mod:`housekeeping`). What cannot be read is withdrawn: a zero is a real zero.
"""

from __future__ import annotations

from gateway_core.db.pool import Pool, reading, transaction
from gateway_core.db.queries import events
from gateway_core.db.queries.backlog import read_backlog
from gateway_core.runtime.metrics import CachedGauge
from gateway_core.streams.names import Stream

_due = CachedGauge("gateway_queue_due_backlog", "Rows due now and not leased.", ("queue",))
_oldest_due = CachedGauge(
    "gateway_queue_oldest_due_age_seconds", "How long the longest waiting due row waits.", ("queue",)
)
_scheduled = CachedGauge("gateway_queue_scheduled", "Rows waiting for their time or leased.", ("queue",))
_requires_review = CachedGauge(
    "gateway_queue_requires_review", "Rows with an unknown outcome: a person must look.", ("queue",)
)
_lag = CachedGauge("gateway_relay_lag_seconds", "Age of the oldest event that is not on the streams yet.")


async def backlog(pool: Pool) -> None:
    """Refresh the gauges of all queues."""
    async with transaction(pool) as conn:
        found = {queue: await read_backlog(conn, queue) for queue in Stream}
    for queue, seen in found.items():
        _due.set(seen.due, queue)
        _oldest_due.set(seen.oldest_due_age_s, queue)
        _scheduled.set(seen.scheduled, queue)
        _requires_review.set(seen.requires_review, queue)


def withdraw_backlog() -> None:
    """They could not be read, or are another process's to show."""
    for each in (_due, _oldest_due, _scheduled, _requires_review):
        each.withdraw_all()


async def relay_lag(pool: Pool) -> float:
    """Refresh the age of the oldest unpublished event, and return it in seconds; 0 when there is none."""
    async with reading(pool) as conn:
        age_s = await events.oldest_unpublished_age_s(conn)
    _lag.set(age_s)
    return age_s


def withdraw_relay_lag() -> None:
    """It could not be read, or is another process's to show."""
    _lag.withdraw_all()
