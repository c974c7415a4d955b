"""Records outcomes of attempts in batches, also through outages of PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries import attempts, delivery_work
from gateway_core.db.queries.attempts import AttemptRecord
from gateway_core.runtime.coalescer import Coalescer
from webhook_dispatcher import metrics
from webhook_dispatcher.stages import Cancelled, Finished, Released

MAX_BATCH = 250
FIRST_PAUSE_S = 0.1
MAX_PAUSE_S = 1.0

_log = logging.getLogger(__name__)


class Recorder:
    """Groups concurrent ``put`` calls into transactions.

    While PostgreSQL is unavailable a batch is retried for ``give_up_after_s``: no other worker can take its leases
    over meanwhile, and an attempt that is not recorded reaches the merchant twice.
    """

    def __init__(self, pool: Pool, *, max_waiting: int, give_up_after_s: float) -> None:
        self._pool = pool
        self._give_up_after_s = give_up_after_s
        self._batches: Coalescer[Finished, None] = Coalescer(
            self._flush, max_batch=MAX_BATCH, max_waiting=max_waiting
        )

    async def put(self, finished: Finished) -> None:
        """Return once ``finished`` is committed. Raises one of ``UNAVAILABLE`` after ``give_up_after_s``."""
        await self._batches.submit(finished)

    async def aclose(self) -> None:
        """Wait until everything submitted is recorded."""
        await self._batches.aclose()

    async def _flush(self, batch: Sequence[Finished]) -> Sequence[None]:
        give_up_at_s, pause_s = time.monotonic() + self._give_up_after_s, FIRST_PAUSE_S
        while True:
            try:
                await self._write(batch)
                return [None] * len(batch)
            except UNAVAILABLE as error:
                if time.monotonic() + pause_s > give_up_at_s:
                    raise
                _log.warning("%d attempts wait to be recorded: %s", len(batch), error)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, MAX_PAUSE_S)

    async def _write(self, batch: Sequence[Finished]) -> None:
        records = [each for each in batch if isinstance(each, AttemptRecord)]
        cancelled = [each.delivery for each in batch if isinstance(each, Cancelled)]
        released = [each.delivery for each in batch if isinstance(each, Released)]
        interrupted = [each.interrupted for each in batch if isinstance(each, Released) and each.interrupted]
        recorded = 0
        async with transaction(self._pool) as conn:
            if records:
                recorded = await attempts.record_attempts(conn, records)
            if cancelled:
                await delivery_work.cancel(conn, cancelled)
            if released:
                await delivery_work.release(conn, released)
            if interrupted:
                await attempts.record_attempts(conn, interrupted)
        metrics.stale_records.inc(len(records) - recorded)
