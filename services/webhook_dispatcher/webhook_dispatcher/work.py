"""The dispatcher's work for the due loop: fan events out, claim deliveries, attempt and record each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gateway_core.db.pool import Pool, reading, transaction
from gateway_core.db.queries import delivery_work, events
from gateway_core.db.queries.delivery_work import ClaimedDelivery
from gateway_core.streams.names import Stream
from gateway_core.worker.due_loop import Bounds, DueLoop, Work, lease_expired
from webhook_dispatcher import metrics
from webhook_dispatcher.handler import DeliveryHandler
from webhook_dispatcher.limits import ConcurrencyLimits
from webhook_dispatcher.recorder import Recorder
from webhook_dispatcher.stages import Finished

FAN_OUT_BATCH: Final = 500
LEASE_S: Final = 30.0
"""Longer than an attempt (15 s at most) and its record together: healthy work never loses its lease."""


class DeliveryWork(Work[ClaimedDelivery]):
    """Deliveries one by one: each waits for its own receiver, as many at once as ``limits`` allow."""

    def __init__(
        self, pool: Pool, handler: DeliveryHandler, recorder: Recorder, limits: ConcurrencyLimits
    ) -> None:
        self._pool = pool
        self._handler = handler
        self._recorder = recorder
        self._limits = limits

    async def claim(self, limit: int) -> Sequence[ClaimedDelivery]:
        """Make deliveries of new events, then lease up to ``limit`` due ones for ``LEASE_S``."""
        async with transaction(self._pool) as conn:
            await events.fan_out(conn, FAN_OUT_BATCH)
            claimed = await delivery_work.claim_due(
                conn, limit=limit, lease_s=LEASE_S, capacity=self._limits.capacity()
            )
        for delivery in claimed:
            self._limits.begin(delivery.merchant_id)
            metrics.pickup_lag_seconds.observe(delivery.due_lag_s)
            if delivery.lease_expired:
                lease_expired.labels(Stream.WEBHOOKS).inc()
        return claimed

    async def process(self, rows: Sequence[ClaimedDelivery]) -> None:
        """Attempt one delivery and record the outcome."""
        (delivery,) = rows
        finished: Finished | None = None
        try:
            finished = await self._handler.attempt(delivery)
        finally:
            self._limits.end(delivery.merchant_id, finished)
        await self._recorder.put(finished)

    async def next_due_in_s(self) -> float | None:
        """Seconds until a delivery can be claimed or an event waits for its fan-out."""
        async with reading(self._pool) as conn:
            return await delivery_work.next_due_in_s(conn, self._limits.capacity())


class DeliveryLoop(DueLoop[ClaimedDelivery]):
    """The due loop of ``webhook-delivery``, whose stop does not wait for receivers that hang.

    ``stop_sending`` is called when stopping: it ends requests still running, uncounted, within a bounded time.
    """

    def __init__(self, work: DeliveryWork, bounds: Bounds, stop_sending: Callable[[], None]) -> None:
        super().__init__(Stream.WEBHOOKS, work, bounds)
        self._stop_sending = stop_sending

    async def run(self, stopping: asyncio.Event) -> None:
        """As :meth:`DueLoop.run`."""
        watch = asyncio.create_task(self._stop_sending_on(stopping))
        try:
            await super().run(stopping)
        finally:
            watch.cancel()

    async def _stop_sending_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._stop_sending()
