"""Signs of life of a worker, for ``/health`` and the job status."""

from __future__ import annotations

import asyncio
import logging

from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries import heartbeats
from gateway_core.worker.due_loop import DueLoop

_log = logging.getLogger(__name__)


async def beat_for_ever(pool: Pool, worker_id: str, loop: DueLoop[object]) -> None:
    """Record a heartbeat for ``loop`` every ``BEAT_EVERY_S``; outages are waited out.

    When cancelled it takes the heartbeat back, so that nobody waits for it to go stale.
    """
    try:
        while True:
            try:
                async with transaction(pool) as conn:
                    await heartbeats.beat(conn, worker_id, loop.queue, loop.in_flight)
            except UNAVAILABLE as error:
                _log.warning("no heartbeat: %s", error)
            await asyncio.sleep(heartbeats.BEAT_EVERY_S)
    finally:
        await _say_goodbye(pool, worker_id, loop.queue)


async def _say_goodbye(pool: Pool, worker_id: str, queue: str) -> None:
    try:
        async with transaction(pool) as conn:
            await heartbeats.say_goodbye(conn, worker_id, queue)
    except UNAVAILABLE as error:
        _log.warning("the heartbeat stays until it is stale: %s", error)
