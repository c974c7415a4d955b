from __future__ import annotations

import asyncio

import pytest

from gateway_core.runtime.supervised import Supervised, TaskDied
from gateway_core.testing.factories import DEADLINE_S


class Work:
    """A background task that notes how it ended."""

    def __init__(self) -> None:
        self.ended = ""

    async def forever(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise

    async def until(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await asyncio.sleep(0.01)
        self.ended = "finished"


async def fail() -> None:
    await asyncio.sleep(0)
    raise ValueError("broken")


async def end_early() -> None:
    await asyncio.sleep(0)


async def test_a_stop_cancels_or_lets_finish() -> None:
    stopping, cancelled, finished = asyncio.Event(), Work(), Work()
    async with Supervised(stopping) as tasks:
        tasks.spawn("one", cancelled.forever())
        tasks.spawn("two", finished.until(stopping), on_stop="finish")
        asyncio.get_running_loop().call_later(0.01, stopping.set)
        await tasks.until_stopped()
    assert (cancelled.ended, finished.ended) == ("cancelled", "finished")


async def test_a_task_that_fails_ends_everything() -> None:
    other = Work()
    with pytest.raises(TaskDied, match="'relay' ended unexpectedly") as died:
        async with asyncio.timeout(DEADLINE_S), Supervised(asyncio.Event()) as tasks:
            tasks.spawn("other", other.forever(), on_stop="finish")
            tasks.spawn("relay", fail())
            await tasks.until_stopped()
    assert isinstance(died.value.__cause__, ValueError)
    assert other.ended == "cancelled"


async def test_a_task_that_returns_early_ends_everything() -> None:
    with pytest.raises(TaskDied, match="'relay'"):
        async with asyncio.timeout(DEADLINE_S), Supervised(asyncio.Event()) as tasks:
            tasks.spawn("relay", end_early())
            await tasks.until_stopped()


async def test_a_task_that_was_cancelled_by_others_ends_everything() -> None:
    async def cancels_itself() -> None:
        raise asyncio.CancelledError

    with pytest.raises(TaskDied, match="'relay'"):
        async with asyncio.timeout(DEADLINE_S), Supervised(asyncio.Event()) as tasks:
            tasks.spawn("relay", cancels_itself())
            await tasks.until_stopped()


async def test_a_task_spawned_later_is_watched_too() -> None:
    async with asyncio.timeout(DEADLINE_S):
        with pytest.raises(TaskDied, match="'late'"):
            async with Supervised(asyncio.Event()) as tasks:
                asyncio.get_running_loop().call_later(0.01, lambda: tasks.spawn("late", fail()))
                await tasks.until_stopped()


async def test_readiness_follows_the_tasks() -> None:
    async with Supervised(asyncio.Event()) as tasks:
        tasks.spawn("relay", end_early())
        assert tasks.all_running()
        await asyncio.sleep(0.01)
        assert not tasks.all_running()


async def test_a_failure_while_stopping_is_no_success() -> None:
    stopping = asyncio.Event()

    async def fails_at_the_end() -> None:
        await stopping.wait()
        raise ValueError("could not flush")

    with pytest.raises(TaskDied, match="failed while stopping"):
        async with Supervised(stopping) as tasks:
            tasks.spawn("relay", fails_at_the_end(), on_stop="finish")
            asyncio.get_running_loop().call_soon(stopping.set)
            await tasks.until_stopped()


async def test_the_end_of_the_grace_cancels_a_task_that_does_not_finish() -> None:
    slow = Work()
    stopping = asyncio.Event()
    stopping.set()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), Supervised(stopping) as tasks:
            tasks.spawn("slow", slow.forever(), on_stop="finish")
            await tasks.until_stopped()
    await asyncio.sleep(0)
    assert slow.ended == "cancelled"
