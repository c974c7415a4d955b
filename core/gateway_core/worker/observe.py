"""Gauges of a queue that only PostgreSQL and Redis know: what is due, since when, and what waits on the stream."""

from __future__ import annotations

import asyncio
import logging

from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway_core.db.engine import UNAVAILABLE, transaction
from gateway_core.db.queries import backlog
from gateway_core.runtime.metrics import gauge
from gateway_core.streams.broker import StreamClient, StreamUnavailable
from gateway_core.streams.depth import read_depth
from gateway_core.streams.names import Stream

OBSERVE_EVERY_S = 5.0

_due = gauge("gateway_queue_due_backlog", "Rows due now and not leased.", ("queue",))
_oldest_due = gauge(
    "gateway_queue_oldest_due_age_seconds", "How long the longest waiting due row waits.", ("queue",)
)
_scheduled = gauge("gateway_queue_scheduled", "Rows waiting for their time or leased.", ("queue",))
_stream_length = gauge("gateway_stream_length", "Entries on the stream.", ("queue",))
_stream_lag = gauge("gateway_stream_lag", "Entries not yet read by the consumer group.", ("queue",))
_stream_pending = gauge("gateway_stream_pending", "Entries read and not yet acknowledged.", ("queue",))
_stream_quarantined = gauge("gateway_stream_quarantined", "Entries in quarantine.", ("queue",))

_log = logging.getLogger(__name__)


async def observe(engine: AsyncEngine, client: StreamClient, queue: Stream) -> None:
    """Refresh the gauges of ``queue`` for ever. On an error they are withdrawn: a gauge never shows a false 0."""
    while True:
        await _observe_due(engine, queue)
        await _observe_stream(client, queue)
        await asyncio.sleep(OBSERVE_EVERY_S)


async def _observe_due(engine: AsyncEngine, queue: Stream) -> None:
    try:
        async with transaction(engine) as conn:
            seen = await backlog.read_backlog(conn, queue)
    except UNAVAILABLE as error:
        _log.debug("no backlog of %s: %s", queue, error)
        _withdraw(queue, _due, _oldest_due, _scheduled)
        return
    _due.labels(queue).set(seen.due)
    _oldest_due.labels(queue).set(seen.oldest_due_age_s)
    _scheduled.labels(queue).set(seen.scheduled)


async def _observe_stream(client: StreamClient, queue: Stream) -> None:
    try:
        depth = await read_depth(client, queue)
    except StreamUnavailable as error:
        _log.debug("no depth of %s: %s", queue, error)
        _withdraw(queue, _stream_length, _stream_lag, _stream_pending, _stream_quarantined)
        return
    _stream_length.labels(queue).set(depth.length)
    _stream_lag.labels(queue).set(depth.lag)
    _stream_pending.labels(queue).set(depth.pending)
    _stream_quarantined.labels(queue).set(depth.quarantined)


def _withdraw(queue: Stream, *gauges: Gauge) -> None:
    for each in gauges:
        each.remove_by_labels({"queue": queue})
