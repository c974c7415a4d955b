"""Signs of life of a process's workers, for ``/health`` and the job status, and to agree on who leads."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from gateway_core.db.pool import UNAVAILABLE, Pool, autocommit
from gateway_core.db.queries import heartbeats
from gateway_core.worker.due_loop import DueLoop

_log = logging.getLogger(__name__)


class Heartbeat:
    """Records every ``BEAT_EVERY_S`` that the loops of this process are alive."""

    def __init__(self, pool: Pool, worker_id: str, loops: Sequence[DueLoop[object]]) -> None:
        self._pool = pool
        self._worker_id = worker_id
        self._loops = loops
        self._leads_until_s = float("-inf")

    def leads(self) -> bool:
        """Whether this is the process that does what only one need do.

        While processes come and go two may think so for a beat, or none for ``ALIVE_WITHIN_S``.
        """
        return time.monotonic() < self._leads_until_s

    async def run(self) -> None:
        """Beat until cancelled, then take the heartbeat back, so that nobody waits for it to go stale."""
        try:
            while True:
                await self._beat()
                await asyncio.sleep(heartbeats.BEAT_EVERY_S)
        finally:
            self._leads_until_s = float("-inf")
            await self._say_goodbye()

    async def _beat(self) -> None:
        began_s = time.monotonic()
        in_flight = {loop.queue: loop.in_flight for loop in self._loops}
        try:
            async with autocommit(self._pool) as conn:
                is_first = await heartbeats.beat(conn, self._worker_id, in_flight)
        except UNAVAILABLE as error:
            _log.warning("no heartbeat: %s", error)
        else:
            self._leads_until_s = began_s + heartbeats.ALIVE_WITHIN_S if is_first else float("-inf")

    async def _say_goodbye(self) -> None:
        try:
            async with autocommit(self._pool) as conn:
                await heartbeats.say_goodbye(conn, self._worker_id)
        except UNAVAILABLE as error:
            _log.warning("the heartbeat stays until it is stale: %s", error)
