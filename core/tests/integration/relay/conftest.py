"""Publishers that record, and relays that run in the background of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest

from gateway_core.relay import Relay
from gateway_core.streams.broker import StreamUnavailable
from gateway_core.streams.messages import Hint
from gateway_core.streams.names import Stream

Running = Callable[..., AbstractAsyncContextManager[None]]


class Streams:
    """Takes hints, unless ``down`` or told to ``hang``."""

    def __init__(self) -> None:
        self.entries: list[tuple[Stream, Hint]] = []
        self.tried: list[int] = []
        self.down = False
        self.hang = False

    @property
    def attempts(self) -> int:
        return len(self.tried)

    async def publish(self, entries: Sequence[tuple[Stream, Hint]]) -> None:
        self.tried.append(len(entries))
        await asyncio.sleep(0)
        if self.hang:
            await asyncio.Event().wait()
        if self.down:
            raise StreamUnavailable("down")
        self.entries += entries


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def running() -> Running:
    """``async with running(relay, …):`` runs relays; one that ends by itself fails the test."""

    @asynccontextmanager
    async def run(*relays: Relay) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for relay in relays:
                task = asyncio.create_task(relay.run())
                stack.push_async_callback(_still_running, task)
            yield

    return run


async def _still_running(task: asyncio.Task[None]) -> None:
    if task.done():
        await task
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
