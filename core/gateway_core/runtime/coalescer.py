"""Many concurrent callers, one batch: what arrives while a flush is in flight goes into the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import copy_context
from typing import Generic, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_Entry: TypeAlias = tuple[Item, asyncio.Future[Result]]


class Overloaded(Exception):
    """``max_waiting`` items already wait, or this one for ``max_wait_s``; the caller should answer 503."""


class CoalescerClosed(Exception):
    """Submitted after ``aclose`` began."""


class FlushFailed(Exception):
    """The flush was cancelled from within, or did not answer once for every item."""


class Coalescer(Generic[Item, Result]):
    """Groups concurrent ``submit`` calls into calls of ``flush``, at most ``max_batch`` items each.

    A lone caller's item is flushed at once; nothing ever waits for a timer. While ``in_flight`` flushes run,
    up to ``max_waiting`` items wait for the next. ``flush`` answers once for each item, in order; an answer
    that is an exception is raised to its caller alone, an exception raised by ``flush`` to the whole batch. A caller
    waits at most ``max_wait_s`` (None: as long as it takes).
    Flushes run in the context (contextvars) in which the coalescer was made, not in any one caller's.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        max_batch: int,
        max_waiting: int,
        in_flight: int = 1,
        max_wait_s: float | None = None,
    ) -> None:
        if max_batch < 1 or max_waiting < 1 or in_flight < 1:
            raise ValueError("max_batch, max_waiting and in_flight must be at least 1")
        self._flush = flush
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._in_flight = in_flight
        self._max_wait_s = max_wait_s
        self._waiting: deque[_Entry[Item, Result]] = deque()
        self._flushers: set[asyncio.Task[None]] = set()
        self._context = copy_context()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Items that no flush has taken yet."""
        return len(self._waiting)

    async def submit(self, item: Item) -> Result:
        """The answer for ``item``, or the error that the flush gave; ``Overloaded``, ``CoalescerClosed``.

        A caller that is cancelled leaves the batch unharmed: an item that no flush has taken yet is dropped,
        one already taken is still executed and its answer is discarded.
        """
        if self._closed:
            raise CoalescerClosed
        if len(self._waiting) >= self._max_waiting:
            raise Overloaded
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, answer))
        if len(self._flushers) < self._in_flight:
            flusher = loop.create_task(self._flush_waiting(), context=self._context.copy())
            self._flushers.add(flusher)
            flusher.add_done_callback(self._flusher_ended)
        try:
            async with asyncio.timeout(self._max_wait_s):
                return await answer
        except TimeoutError:
            if answer.cancelled():
                raise Overloaded from None
            raise  # the flush's own

    async def aclose(self) -> None:
        """Refuse new items and wait until every waiting one is answered.

        If this is cancelled, the flushes in flight are cancelled too and so are the callers still waiting.
        """
        self._closed = True
        try:
            while self._flushers:
                await asyncio.wait(self._flushers)
        except asyncio.CancelledError:
            for flusher in self._flushers:
                flusher.cancel()
            raise

    async def _flush_waiting(self) -> None:
        flusher = asyncio.current_task()
        assert flusher is not None
        try:
            while batch := self._take():
                await self._answer(batch, flusher)
        finally:
            # Before the done callback runs, so that a submit in between starts a flusher of its own.
            self._flushers.discard(flusher)

    def _take(self) -> list[_Entry[Item, Result]]:
        batch: list[_Entry[Item, Result]] = []
        while self._waiting and len(batch) < self._max_batch:
            entry = self._waiting.popleft()
            if not entry[1].done():
                batch.append(entry)
        return batch

    async def _answer(self, batch: list[_Entry[Item, Result]], flusher: asyncio.Task[None]) -> None:
        results: Sequence[Result | Exception]
        try:
            results = await self._flush([item for item, _ in batch])
            if len(results) != len(batch):
                raise FlushFailed(f"{len(results)} answers for {len(batch)} items")
        except asyncio.CancelledError:
            if flusher.cancelling():
                _cancel_callers(batch)
                raise
            results = [FlushFailed("the flush was cancelled from within")] * len(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers get it
            results = [error] * len(batch)
        for (_, answer), result in zip(batch, results, strict=True):
            if answer.done():
                continue
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def _flusher_ended(self, flusher: asyncio.Task[None]) -> None:
        self._flushers.discard(flusher)
        if flusher.cancelled():
            _cancel_callers(self._waiting)
            self._waiting.clear()


def _cancel_callers(entries: Iterable[_Entry[Item, Result]]) -> None:
    for _, answer in entries:
        answer.cancel()
