"""One FastStream broker with the two subscribers of a stream: lives until the first of its tasks ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from faststream import AckPolicy
from faststream.redis import StreamSub
from faststream.redis.subscriber.usecases import StreamBatchSubscriber

from gateway_core.streams import faststream_log
from gateway_core.streams.broker import make_broker
from gateway_core.streams.entries import Entry, OpaqueFormat, read_entries
from gateway_core.streams.groups import drop_idle_consumers, ensure_group
from gateway_core.streams.handling import CancellationGuard, EntryHandler, Handler
from gateway_core.streams.names import Stream
from gateway_core.streams.tuning import Tuning

CANCEL_TIMEOUT_S = 2.0  # for a handler that outlived the graceful timeout to unwind


class Lanes:
    """New entries in batches on one lane, abandoned ones singly on the other, both to the same handler."""

    def __init__(self, url: str, stream: Stream, consumer: str, handle: Handler, tuning: Tuning) -> None:
        self._stream = stream
        self._consumer = consumer
        self._handle = handle
        self._tuning = tuning
        self._broker = make_broker(
            url, stream, graceful_timeout_s=tuning.graceful_timeout_s, logger=faststream_log.logger
        )
        self._broker.add_middleware(CancellationGuard)
        self._subscribers: list[StreamBatchSubscriber] = []

    async def open(self) -> None:
        """Connects, makes the group, starts both lanes. Redis errors pass through; close() is due anyway."""
        client = await self._broker.connect()
        await ensure_group(client, self._stream)
        await drop_idle_consumers(client, self._stream)
        handler = EntryHandler(client, self._stream, self._handle, self._tuning)
        tuning = self._tuning
        self._subscribers = [
            self._subscribe(handler.on_new, tuning.polling_interval_ms),
            self._subscribe(handler.on_claimed, tuning.claim_interval_ms, tuning.min_idle_ms),
        ]
        await self._broker.start()

    def _subscribe(
        self,
        on_entries: Callable[[list[Entry]], Awaitable[None]],
        interval_ms: int,
        min_idle_ms: int | None = None,
    ) -> StreamBatchSubscriber:
        """With `min_idle_ms` FastStream only claims, one entry at a time; without, it only reads new ones.

        No `last_id`: any value but the default either misses entries or spins on an existing group.
        """
        source: StreamSub[Literal[True]] = StreamSub(
            self._stream.value,
            group=self._stream.group,
            consumer=self._consumer,
            batch=True,
            max_records=self._tuning.max_records,
            polling_interval=interval_ms,
            min_idle_time=min_idle_ms,
        )
        subscriber = self._broker.subscriber(
            stream=source,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            message_format=OpaqueFormat,
            decoder=read_entries,
            no_reply=True,
        )
        # Should the group be lost between ensure_group and FastStream's own start, FastStream makes it: at the
        # end of the stream ("$"), unless this says 0. (As an argument of StreamSub it would change the reads too.)
        subscriber.last_id = "0"
        subscriber(on_entries)
        return subscriber

    def alive(self) -> bool:
        """Whether both lanes have their task. A ping would not tell: they can end while Redis is well."""
        return bool(self._subscribers) and all(
            subscriber.tasks and not any(task.done() for task in subscriber.tasks)
            for subscriber in self._subscribers
        )

    async def broken(self) -> None:
        """Returns when a lane has ended, for whatever reason: also if that was during open()."""
        if self.alive():
            await asyncio.wait(self._tasks(), return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Stops reading, gives running handlers the graceful timeout, cancels what is left, disconnects.

        The broker's own stop would disconnect without waiting for the tasks that it cancelled.
        """
        tasks = self._tasks()
        await asyncio.gather(*(subscriber.stop() for subscriber in self._subscribers))
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_TIMEOUT_S)
        await self._broker.stop()

    def _tasks(self) -> list[asyncio.Task[Any]]:
        """FastStream empties its list when a lane ends by itself, and adds to it when it restarts one."""
        return [task for subscriber in self._subscribers for task in subscriber.tasks]
