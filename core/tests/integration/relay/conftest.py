"""Publishers that record, and relays that run in the background of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest

from gateway_core.relay import Relay
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import StreamUnavailable

Running = Callable[..., AbstractAsyncContextManager[None]]


class Streams:
    """Takes messages, unless ``down`` or told to ``hang``."""

    def __init__(self) -> None:
        self.entries: list[tuple[Stream, EventRef]] = []
        self.attempts = 0
        self.pings = 0
        self.down = False
        self.hang = False

    async def publish(self, messages: Mapping[Stream, WakeUp]) -> None:
        self.attempts += 1
        await asyncio.sleep(0)
        if self.hang:
            await asyncio.Event().wait()
        if self.down:
            raise StreamUnavailable("down")
        self.entries += [(stream, event) for stream, message in messages.items() for event in message.events]

    async def is_reachable(self) -> bool:
        self.pings += 1
        return not self.down


@pytest.fixture
def streams() -> Streams:
    return Streams()


@pytest.fixture
def running() -> Running:
    """``async with running(relay, …):`` runs relays, woken once; one that ends by itself fails the test."""

    @asynccontextmanager
    async def run(*relays: Relay) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for relay in relays:
                task = asyncio.create_task(relay.run())
                relay.wake()
                stack.push_async_callback(_still_running, task)
            yield

    return run


async def _still_running(task: asyncio.Task[None]) -> None:
    if task.done():
        await task
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
