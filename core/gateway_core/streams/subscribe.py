"""A subscription that outlives Redis: FastStream's subscribers under a supervisor of ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from gateway_core.streams.broker import REDIS_TROUBLE
from gateway_core.streams.handling import Handler
from gateway_core.streams.lanes import Lanes
from gateway_core.streams.names import Stream, consumer_name
from gateway_core.streams.tuning import Tuning

OPEN_TIMEOUT_S = 2.0
BACKOFF_BASE_S = 0.05
BACKOFF_CAP_S = 2.0
STEADY_AFTER_S = 5.0  # lanes that lived this long had nothing wrong with them: the back-off starts anew

logger = logging.getLogger(__name__)


def backoff_s(failures: int) -> float:
    """The wait before lanes are opened again, in seconds, after `failures` openings that did not last."""
    return min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0 ** min(failures, 16))


class Subscription:
    """Takes the hints of one stream to one handler, at least once, until stopped.

    Redis away at the start or later, FLUSHALL, a destroyed group, a read-only replica, a key of another type:
    the lanes are opened anew, with a back-off, until Redis is right again. Only what no retry heals (a bad
    url, a bug) ends it: then `alive()` is false and `on_fatal` gets the error, to end the process non-zero.
    """

    def __init__(
        self,
        url: str,
        stream: Stream,
        handle: Handler,
        *,
        on_fatal: Callable[[BaseException], None],
        tuning: Tuning | None = None,
        consumer: str | None = None,
    ) -> None:
        """`handle` gets 1 to `tuning.max_records` hints; they stay pending when it raises or takes too long.

        `consumer` defaults to host and pid: two subscriptions of one stream in one process need two names.
        """
        self._url = url
        self._stream = stream
        self._handle = handle
        self._on_fatal = on_fatal
        self._tuning = tuning or Tuning()
        self._consumer = consumer or consumer_name()
        self._stopping = asyncio.Event()
        self._lanes: Lanes | None = None
        self._supervisor: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns at once, also when Redis is away: the lanes come up when it does. Call it once."""
        if self._supervisor is not None:
            raise RuntimeError("a subscription starts once")
        self._supervisor = asyncio.create_task(self._supervise(), name=f"subscription {self._stream}")
        self._supervisor.add_done_callback(self._report_fatal)

    async def stop(self) -> None:
        """Reads no more and returns when the running handler has: after `graceful_timeout_s` it is cancelled.

        A cancelled handler's entries stay pending. May take OPEN_TIMEOUT_S when Redis is away.
        """
        self._stopping.set()
        if self._supervisor is not None:
            await asyncio.wait({self._supervisor})

    def alive(self) -> bool:
        """Whether both lanes are up, so that a hint published now would be handled. For readiness."""
        return self._lanes is not None and self._lanes.alive()

    async def _supervise(self) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            opened_at = loop.time()
            try:
                await self._run_lanes()
            except REDIS_TROUBLE as error:
                logger.warning("%s: Redis is not ready: %s", self._stream, error)
            if loop.time() - opened_at > STEADY_AFTER_S:
                failures = 0
            await self._unless_stopped(asyncio.sleep(backoff_s(failures)))
            failures += 1

    async def _run_lanes(self) -> None:
        """From opening to the first lane's end or stop(). Handlers still running are waited for."""
        lanes = Lanes(self._url, self._stream, self._consumer, self._handle, self._tuning)
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                await lanes.open()
            self._lanes = lanes
            logger.info("%s: subscribed", self._stream)
            await self._unless_stopped(lanes.broken())
        finally:
            self._lanes = None
            await lanes.close()

    async def _unless_stopped(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Waits for it or for stop(), whichever is first."""
        tasks = {asyncio.create_task(waiting), asyncio.create_task(self._stopping.wait())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _report_fatal(self, supervisor: asyncio.Task[None]) -> None:
        error = asyncio.CancelledError() if supervisor.cancelled() else supervisor.exception()
        if error is None:
            return
        logger.critical("%s: the subscription ended", self._stream, exc_info=error)
        if not self._stopping.is_set():
            self._on_fatal(error)
