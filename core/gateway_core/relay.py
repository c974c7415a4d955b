"""From the event log to the streams: every service runs a relay, and any relay publishes any event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries import events
from gateway_core.db.queries.events import PublishedEvent
from gateway_core.domain.events import EventType
from gateway_core.runtime.metrics import Reading, counter, histogram
from gateway_core.runtime.tracing import Step, steps
from gateway_core.streams.broker import StreamUnavailable
from gateway_core.streams.messages import BadHint, Hint
from gateway_core.streams.names import Stream

BATCH = 500
PROBE_BATCH = 1
"""After a failure: marks that may have to be taken back are two writes a row."""
SWEEP_EVERY_S = 1.0
OBSERVE_EVERY_S = 5.0
MIN_GAP_S = 0.01
"""Between two rounds: what is committed meanwhile shares the next statement and the next pipeline."""

ALSO_STARTS: Final[Mapping[str, Stream]] = {
    EventType.PAYMENT_CREATED: Stream.PAYMENTS,
    EventType.REFUND_CREATED: Stream.REFUNDS,
}
"""Events that give work to a processor; every event goes to the webhook dispatcher as well."""

_published = counter("gateway_relay_published_total", "Events put on the streams.")
_failures = counter("gateway_relay_failures_total", "Rounds given up, by what was unreachable.", ("what",))
_batch_size = histogram(
    "gateway_relay_batch_size", "Events in one round.", buckets=(1, 5, 10, 50, 100, 250, 500)
)

_lag = Reading("gateway_relay_lag_seconds", "Age of the oldest event that is not on the streams yet.")
for _what in ("streams", "database"):
    _failures.labels(_what)

_log = logging.getLogger(__name__)


class Publisher(Protocol):
    """Where hints go."""

    async def publish(self, entries: Sequence[tuple[Stream, Hint]]) -> None:
        """Append ``entries`` to their streams; raises :class:`StreamUnavailable` within a bounded time."""


class Relay:
    """Marks unpublished events as published, commits, then puts their hints on the streams.

    No transaction is open while Redis is talked to. When Redis fails, the marks are taken back; when the process
    dies in between, a hint is lost and the consumers' due loops find the work in PostgreSQL all the same.
    """

    def __init__(self, pool: Pool, publisher: Publisher) -> None:
        self._pool = pool
        self._publisher = publisher
        self._woken = asyncio.Event()
        self._limit = BATCH

    def wake(self) -> None:
        """Say that events were just committed. Costs nothing and never waits."""
        self._woken.set()

    async def run(self) -> None:
        """Publish for ever: right after a ``wake``, and every ``SWEEP_EVERY_S`` for what others left behind."""
        while True:
            self._woken.clear()
            more = await self._round()
            await asyncio.sleep(MIN_GAP_S)
            if not more:
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_EVERY_S):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _round(self) -> bool:
        """Publish a batch; returns whether more may wait. Outages are waited out, never raised."""
        limit = self._limit
        try:
            published = await self.publish_once()
        except StreamUnavailable as error:
            self._limit = PROBE_BATCH
            _failures.labels("streams").inc()
            _log.warning("streams unreachable, work goes on from PostgreSQL: %s", error)
        except UNAVAILABLE as error:
            _failures.labels("database").inc()
            _log.warning("database unreachable: %s", error)
        else:
            self._limit = BATCH
            return published == limit
        await asyncio.sleep(SWEEP_EVERY_S)
        return True

    async def publish_once(self) -> int:
        """One round: publish up to ``BATCH`` events (after a failed one ``PROBE_BATCH``) and return how many.

        Raises :class:`StreamUnavailable` after the marks were taken back, and what ``UNAVAILABLE`` lists.
        """
        async with transaction(self._pool) as conn:
            batch = await events.mark_published(conn, self._limit)
        if not batch:
            return 0
        try:
            with steps("publish", batch, _step, kind="PRODUCER"):
                await self._publisher.publish([entry for event in batch for entry in entries_of(event)])
        except BaseException:
            async with transaction(self._pool) as conn:
                await events.unmark_published(conn, [event.id for event in batch])
            raise
        _published.inc(len(batch))
        _batch_size.observe(len(batch))
        return len(batch)


async def observe_lag(pool: Pool) -> None:
    """Refresh ``gateway_relay_lag_seconds`` for ever; without PostgreSQL it has no value."""
    while True:
        try:
            async with transaction(pool) as conn:
                _lag.set(await events.oldest_unpublished_age_s(conn))
        except UNAVAILABLE:
            _failures.labels("database").inc()
            _lag.withdraw()
        await asyncio.sleep(OBSERVE_EVERY_S)


def _step(event: PublishedEvent) -> Step:
    return Step(event.traceparent, {"gateway.event": event.type, "gateway.subject_id": event.subject_id})


def entries_of(event: PublishedEvent) -> list[tuple[Stream, Hint]]:
    """The stream entries that ``event`` gives rise to; none when it makes no hint (its work is due all the same).

    The type may be one that only a newer version knows, while versions are mixed.
    """
    try:
        hint = Hint(kind=event.type, id=event.subject_id, trace=event.traceparent or "")
    except BadHint as error:
        _log.error("event %d makes no hint: %s", event.id, error)
        return []
    streams = [Stream.WEBHOOKS]
    if (work := ALSO_STARTS.get(event.type)) is not None:
        streams.insert(0, work)
    return [(stream, hint) for stream in streams]
