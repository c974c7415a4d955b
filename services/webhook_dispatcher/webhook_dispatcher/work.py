"""The dispatcher's work for the due loop: fan events out, claim deliveries, attempt and record each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway_core.db.engine import transaction
from gateway_core.db.queries import delivery_work, events
from gateway_core.db.queries.delivery_work import ClaimedDelivery
from gateway_core.streams.names import Stream
from gateway_core.worker.due_loop import Bounds, DueLoop, Work, lease_expired
from webhook_dispatcher import metrics
from webhook_dispatcher.handler import DeliveryHandler
from webhook_dispatcher.recorder import Recorder

FAN_OUT_BATCH: Final = 500
LEASE_S: Final = 30.0
"""Longer than an attempt (15 s at most) and its record together: healthy work never loses its lease."""


class DeliveryWork(Work[ClaimedDelivery]):
    """Deliveries one by one: each waits for its own receiver, at most ``per_merchant`` for one merchant."""

    def __init__(
        self, engine: AsyncEngine, handler: DeliveryHandler, recorder: Recorder, *, per_merchant: int
    ) -> None:
        self._engine = engine
        self._handler = handler
        self._recorder = recorder
        self._per_merchant = per_merchant
        self._in_flight: Counter[UUID] = Counter()

    async def claim(self, limit: int) -> Sequence[ClaimedDelivery]:
        """Make deliveries of new events, then lease up to ``limit`` due ones for ``LEASE_S``."""
        async with transaction(self._engine) as conn:
            await events.fan_out(conn, FAN_OUT_BATCH)
            claimed = await delivery_work.claim_due(
                conn, limit=limit, per_merchant=self._per_merchant, lease_s=LEASE_S, in_flight=self._in_flight
            )
        for delivery in claimed:
            self._in_flight[delivery.merchant_id] += 1
            metrics.pickup_lag_seconds.observe(delivery.due_lag_s)
            if delivery.lease_expired:
                lease_expired.labels(Stream.WEBHOOKS).inc()
        return claimed

    async def process(self, rows: Sequence[ClaimedDelivery]) -> None:
        """Attempt one delivery and record what came of it."""
        (delivery,) = rows
        try:
            finished = await self._handler.attempt(delivery)
        finally:
            self._leave(delivery.merchant_id)
        await self._recorder.put(finished)

    async def next_due_in_s(self) -> float | None:
        """Seconds until a delivery can be claimed or an event waits for its fan-out."""
        full = delivery_work.full_merchants(self._in_flight, self._per_merchant)
        async with transaction(self._engine) as conn:
            return await delivery_work.next_due_in_s(conn, full)

    def _leave(self, merchant_id: UUID) -> None:
        self._in_flight[merchant_id] -= 1
        if not self._in_flight[merchant_id]:
            del self._in_flight[merchant_id]


class DeliveryLoop(DueLoop[ClaimedDelivery]):
    """The due loop of ``webhook-delivery``, whose stop does not wait for receivers that hang.

    ``hurry`` is called once stopping: it ends what is still being sent, uncounted, within a bounded time.
    """

    def __init__(self, work: DeliveryWork, bounds: Bounds, hurry: Callable[[], None]) -> None:
        super().__init__(Stream.WEBHOOKS, work, bounds)
        self._hurry = hurry

    async def run(self, stopping: asyncio.Event) -> None:
        """As :meth:`DueLoop.run`."""
        watch = asyncio.create_task(self._hurry_on(stopping))
        try:
            await super().run(stopping)
        finally:
            watch.cancel()

    async def _hurry_on(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self._hurry()
