"""Gauges of what only PostgreSQL and Redis know: what is due, since when, and what waits on the stream.

Every replica reads the same: aggregate with ``max``, not with ``sum``. What cannot be read is withdrawn.
"""

from __future__ import annotations

import asyncio
import logging

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries import backlog
from gateway_core.runtime.metrics import Reading, counter
from gateway_core.streams.broker import StreamClient, StreamUnavailable
from gateway_core.streams.depth import read_depth
from gateway_core.streams.names import Stream

OBSERVE_EVERY_S = 5.0

_due = Reading("gateway_queue_due_backlog", "Rows due now and not leased.", ("queue",))
_oldest_due = Reading(
    "gateway_queue_oldest_due_age_seconds", "How long the longest waiting due row waits.", ("queue",)
)
_scheduled = Reading("gateway_queue_scheduled", "Rows waiting for their time or leased.", ("queue",))
_requires_review = Reading(
    "gateway_queue_requires_review", "Rows whose end nobody knows: a person must look.", ("queue",)
)
_stream_length = Reading("gateway_stream_length", "Entries on the stream.", ("queue",))
_stream_lag = Reading("gateway_stream_lag", "Entries not yet read by the consumer group.", ("queue",))
_stream_pending = Reading("gateway_stream_pending", "Entries read and not yet acknowledged.", ("queue",))
_stream_quarantined = Reading("gateway_stream_quarantined", "Entries in quarantine.", ("queue",))
_failures = counter("gateway_observer_failures_total", "Readings that could not be taken.", ("what",))
_no_backlog, _no_depth = _failures.labels("backlog"), _failures.labels("stream")

_log = logging.getLogger(__name__)


async def observe(pool: Pool, client: StreamClient, queue: Stream) -> None:
    """Refresh the gauges of ``queue`` for ever."""
    while True:
        await _observe_due(pool, queue)
        await _observe_stream(client, queue)
        await asyncio.sleep(OBSERVE_EVERY_S)


async def _observe_due(pool: Pool, queue: Stream) -> None:
    try:
        async with transaction(pool) as conn:
            seen = await backlog.read_backlog(conn, queue)
    except UNAVAILABLE as error:
        _log.debug("no backlog of %s: %s", queue, error)
        _no_backlog.inc()
        for each in (_due, _oldest_due, _scheduled, _requires_review):
            each.withdraw(queue)
        return
    _due.set(seen.due, queue)
    _oldest_due.set(seen.oldest_due_age_s, queue)
    _scheduled.set(seen.scheduled, queue)
    _requires_review.set(seen.requires_review, queue)


async def _observe_stream(client: StreamClient, queue: Stream) -> None:
    try:
        depth = await read_depth(client, queue)
    except StreamUnavailable as error:
        _log.debug("no depth of %s: %s", queue, error)
        _no_depth.inc()
        for each in (_stream_length, _stream_lag, _stream_pending, _stream_quarantined):
            each.withdraw(queue)
        return
    _stream_length.set(depth.length, queue)
    _stream_lag.set(depth.lag, queue)
    _stream_pending.set(depth.pending, queue)
    _stream_quarantined.set(depth.quarantined, queue)
