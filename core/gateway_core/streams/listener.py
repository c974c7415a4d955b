"""Listening for wake-up messages.

There is no consumer group: each process hears every message, and the claims in PostgreSQL decide who gets what.
So nothing has to be acknowledged, claimed back or made again after a loss.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from faststream.redis import StreamSub

from gateway_core.runtime.metrics import gauge
from gateway_core.streams.broker import REDIS_TROUBLE, make_broker, stop_broker
from gateway_core.streams.messages import WakeUp
from gateway_core.streams.names import Stream

BLOCK_MS: Final = 2000
"""How long a read waits for a message. Less than the socket's timeout."""
MAX_RECORDS: Final = 100
RESTART_AFTER_S: Final = 1.0
CHECK_EVERY_S: Final = 1.0
PING_DEADLINE_S: Final = 1.0

OnWakeUp = Callable[[WakeUp], None]

_listening = gauge("gateway_streams_listening", "1 while the process hears wake-up messages, else 0.")

_log = logging.getLogger(__name__)


class _Subscriber(Protocol):
    tasks: list[asyncio.Task[Any]]

    async def stop(self) -> None: ...


class Listener:
    """Calls a function for each message on the streams of a process, and outlives every outage of Redis."""

    def __init__(self, url: str, on_wake_up: Mapping[Stream, OnWakeUp]) -> None:
        """``url`` as REDIS_URL; raises ValueError for one that is malformed. The functions must not raise."""
        self._broker = make_broker(url)
        self._subscribers = [self._subscribe(stream, call) for stream, call in on_wake_up.items()]
        self._note(listening=False)

    async def run(self) -> None:
        """Listen until cancelled.

        FastStream's tasks end when Redis answers with an error such as WRONGTYPE and are started anew without a pause;
        after a lost connection they wait longer than need be. Here all begins again, with a pause.
        """
        while True:
            try:
                await self._broker.start()
                while await self._hears():
                    self._note(listening=True)
                    await asyncio.wait(
                        self._tasks(), timeout=CHECK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
                    )
            except REDIS_TROUBLE as error:
                _log.warning("no wake-ups, work is found by polling: %r", error)
            finally:
                self._note(listening=False)
                await self._stop()
            await asyncio.sleep(RESTART_AFTER_S)

    def is_listening(self) -> bool:
        """A readiness check: whether a message published now would be heard, as of the last second."""
        return self._listening

    def _note(self, *, listening: bool) -> None:
        self._listening = listening
        _listening.set(listening)

    async def _hears(self) -> bool:
        """Raises what Redis does."""
        if any(task.done() for task in self._tasks()):
            return False
        async with asyncio.timeout(PING_DEADLINE_S):
            return await self._broker.ping(timeout=None)

    def _subscribe(self, stream: Stream, call: OnWakeUp) -> _Subscriber:
        subscriber = self._broker.subscriber(
            stream=StreamSub(stream.value, polling_interval=BLOCK_MS, max_records=MAX_RECORDS), no_reply=True
        )

        @subscriber
        async def on_message(message: WakeUp) -> None:
            call(message)

        return subscriber

    async def _stop(self) -> None:
        """The broker's own stop would hang up before the reads that it cancels have ended."""
        tasks = self._tasks()
        for subscriber in self._subscribers:
            await subscriber.stop()
        if tasks:
            await asyncio.wait(tasks)
        await stop_broker(self._broker)

    def _tasks(self) -> list[asyncio.Task[Any]]:
        return [task for subscriber in self._subscribers for task in subscriber.tasks]
