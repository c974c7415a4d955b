"""Background tasks that must all run until the process stops."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Literal, Self

OnStop = Literal["cancel", "finish"]


class TaskDied(Exception):
    """A supervised task ended before the stop; its own error, if any, is the ``__cause__``."""


class Supervised:
    """Watches background tasks; the first that ends before ``stopping`` is set makes ``until_stopped`` raise.

        async with Supervised(stopping) as tasks:
            tasks.spawn("relay", relay.run())
            tasks.spawn("due loop", loop.run(stopping), on_stop="finish")
            await tasks.until_stopped()

    Leaving the block after a stop cancels the ``cancel`` tasks and waits for the ``finish`` tasks to return
    by themselves (the process's stop grace bounds that); one that fails meanwhile raises :class:`TaskDied`.
    Leaving it with an exception cancels all.
    """

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping
        self._tasks: dict[asyncio.Task[Any], OnStop] = {}
        self._died = asyncio.Event()

    def spawn(self, name: str, work: Coroutine[Any, Any, Any], *, on_stop: OnStop = "cancel") -> None:
        """Start ``work`` in the background."""
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = on_stop
        task.add_done_callback(lambda _: self._died.set())

    def all_running(self) -> bool:
        """A readiness check: no task has ended."""
        return not self._died.is_set()

    async def until_stopped(self) -> None:
        """Return once ``stopping`` is set; raise :class:`TaskDied` as soon as a task ends before that."""
        waits = [asyncio.create_task(event.wait()) for event in (self._stopping, self._died)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self._stopping.is_set():
            self._raise_death()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task, on_stop in self._tasks.items():
            if error is not None or on_stop == "cancel":
                task.cancel()
        try:
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()
        if error is None:
            self._raise_failure()

    def _raise_death(self) -> None:
        for task in self._tasks:
            if task.done():
                cause = None if task.cancelled() else task.exception()
                raise TaskDied(f"the background task {task.get_name()!r} ended unexpectedly") from cause

    def _raise_failure(self) -> None:
        for task in self._tasks:
            if not task.cancelled() and (cause := task.exception()):
                raise TaskDied(f"the background task {task.get_name()!r} failed while stopping") from cause
