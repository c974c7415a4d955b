"""From the event log to the streams: the process that has committed events wakes those who work on them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from gateway_core.db.pool import UNAVAILABLE, Pool, autocommit, describe_outage
from gateway_core.db.queries import events
from gateway_core.db.queries.events import PublishedEvent
from gateway_core.domain.events import EventType
from gateway_core.runtime.metrics import counter, histogram
from gateway_core.runtime.tracing import Step, steps
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import StreamUnavailable

BATCH: Final = 500
RETRY_AFTER_S: Final = 1.0
MIN_GAP_S: Final = 0.01
"""Between two rounds: what is committed meanwhile shares the next statement and the next messages."""

ALSO_STARTS: Final[Mapping[str, Stream]] = {
    EventType.PAYMENT_CREATED: Stream.PAYMENTS,
    EventType.REFUND_CREATED: Stream.REFUNDS,
}
"""Events that give work to a processor; every event gives work to the webhook dispatcher as well."""

_published = counter("gateway_relay_published_total", "Events put on the streams.")
_failures = counter("gateway_relay_failures_total", "Rounds given up, by what was unreachable.", ("what",))
_batch_size = histogram(
    "gateway_relay_batch_size", "Events in one round.", buckets=(1, 5, 10, 50, 100, 250, 500)
)
for _what in ("streams", "database"):
    _failures.labels(_what)

_log = logging.getLogger(__name__)


class Publisher(Protocol):
    """Where wake-up messages go."""

    async def publish(self, messages: Mapping[Stream, WakeUp]) -> None:
        """Add each message to its stream; raises :class:`StreamUnavailable` within a bounded time."""

    async def is_reachable(self) -> bool:
        """Whether Redis answers, within a bounded time."""


class Relay:
    """Marks unpublished events as published, commits, then puts one message for all of them on each stream.

    No transaction is open while Redis is talked to. When Redis fails, the marks are taken back; when the process
    dies in between, a message is lost, and the workers' due loops find the work in PostgreSQL all the same.
    """

    def __init__(self, pool: Pool, publisher: Publisher) -> None:
        self._pool = pool
        self._publisher = publisher
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there may be unpublished events. Costs nothing and never waits.

        Called right after each commit of events, and every second by the process that does the housekeeping: for
        events whose process died, or has no relay.
        """
        self._woken.set()

    async def run(self) -> None:
        """Publish for ever, after each ``wake``. Outages are waited out, never raised."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            if not await self._round():
                self._woken.set()
            await asyncio.sleep(MIN_GAP_S)

    async def _round(self) -> bool:
        """Publish a batch; returns whether that was all."""
        try:
            return await self.publish_once() < BATCH
        except StreamUnavailable as error:
            _failures.labels("streams").inc()
            _log.warning("work is found by polling: %s", error)
            await self._until_reachable()
        except UNAVAILABLE as error:
            _failures.labels("database").inc()
            _log.warning("%s: %s", describe_outage(error), error)
            await asyncio.sleep(RETRY_AFTER_S)
        return False

    async def _until_reachable(self) -> None:
        """A round that fails is two writes for each of its events: none is begun before Redis answers."""
        await asyncio.sleep(RETRY_AFTER_S)
        while not await self._publisher.is_reachable():
            _failures.labels("streams").inc()
            await asyncio.sleep(RETRY_AFTER_S)

    async def publish_once(self) -> int:
        """One round: publish up to ``BATCH`` events and return how many.

        Raises :class:`StreamUnavailable` after the marks were taken back, and what ``UNAVAILABLE`` lists.
        """
        async with autocommit(self._pool) as conn:
            batch = await events.mark_published(conn, BATCH)
        if not batch:
            return 0
        try:
            with steps("publish", batch, _step, kind="PRODUCER"):
                await self._publisher.publish(messages_of(batch))
        except BaseException:
            async with autocommit(self._pool) as conn:
                await events.unmark_published(conn, [event.id for event in batch])
            raise
        _published.inc(len(batch))
        _batch_size.observe(len(batch))
        return len(batch)


def messages_of(batch: Sequence[PublishedEvent]) -> dict[Stream, WakeUp]:
    """One message for each stream whose workers have work from ``batch``.

    A type that only a newer version knows, while versions are mixed, goes to the webhook dispatcher.
    """
    wanted: defaultdict[Stream, list[EventRef]] = defaultdict(list)
    for event in batch:
        ref = EventRef(type=event.type, subject_id=event.subject_id, traceparent=event.traceparent or "")
        wanted[Stream.WEBHOOKS].append(ref)
        if (processor := ALSO_STARTS.get(event.type)) is not None:
            wanted[processor].append(ref)
    return {stream: WakeUp(events=refs) for stream, refs in wanted.items()}


def _step(event: PublishedEvent) -> Step:
    return Step(event.traceparent, {"gateway.event": event.type, "gateway.subject_id": event.subject_id})
