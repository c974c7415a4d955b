"""Where delivered entries go: to the handler, to the quarantine, or nowhere, pending until the next claim."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from faststream import BaseMiddleware, StreamMessage
from redis.asyncio import Redis

from gateway_core.streams.entries import Entry, quarantine, settle
from gateway_core.streams.messages import Hint
from gateway_core.streams.names import Stream
from gateway_core.streams.tuning import Tuning

Handler = Callable[[Sequence[Hint]], Awaitable[None]]


class HandlerCancelled(Exception):
    """Something inside the handler was cancelled, not the handler's own task."""


class CancellationGuard(BaseMiddleware[Any, Any]):
    """A CancelledError that escapes a handler would end FastStream's consuming task without a word.

    Unless that task itself is being cancelled (by a stop), it is an ordinary failure of the handler.
    """

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        try:
            return await call_next(msg)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise HandlerCancelled("a cancellation escaped the handler") from error


class EntryHandler:
    """Takes entries from both lanes of one stream to one handler. Whatever it raises leaves them pending."""

    def __init__(self, client: Redis, stream: Stream, handle: Handler, tuning: Tuning) -> None:
        self._client = client
        self._stream = stream
        self._handle = handle
        self._tuning = tuning

    async def on_new(self, entries: list[Entry]) -> None:
        """Diverts what is no hint, hands the rest over in one call and settles it when the call returns."""
        await self._quarantine([entry for entry in entries if entry.hint is None])
        good = [entry for entry in entries if entry.hint is not None]
        hints = [entry.hint for entry in good if entry.hint is not None]
        if not good:
            return
        async with asyncio.timeout(self._tuning.handler_timeout_s):
            await self._handle(hints)
        await settle(self._client, self._stream, good)

    async def on_claimed(self, entries: list[Entry]) -> None:
        """The same for entries that an earlier delivery left pending, unless there were too many of those."""
        exhausted = [entry for entry in entries if await self._is_exhausted(entry)]
        await self._quarantine([replace(entry, reason="delivered too often") for entry in exhausted])
        remaining = [entry for entry in entries if entry not in exhausted]
        await self.on_new(remaining)

    async def _is_exhausted(self, entry: Entry) -> bool:
        pending = await self._client.xpending_range(
            self._stream, self._stream.group, min=entry.id, max=entry.id, count=1
        )
        return any(int(row["times_delivered"]) > self._tuning.max_deliveries for row in pending)

    async def _quarantine(self, entries: list[Entry]) -> None:
        if entries:
            await quarantine(self._client, self._stream, entries, maxlen=self._tuning.quarantine_maxlen)
