"""A bench for wake-ups: one Redis, a publisher, and listeners that record what they hear."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio
from redis.asyncio import Redis

from devstack.servers import Server
from gateway_core.streams.listener import Listener
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import Publisher, StreamUnavailable
from gateway_core.testing.factories import eventually

HEARS_AGAIN_WITHIN_S = 15.0


class Ear:
    """A listener of one stream in the background."""

    def __init__(self, url: str, stream: Stream) -> None:
        self.heard: list[WakeUp] = []
        self.listener = Listener(url, {stream: self.heard.append})
        self.task = asyncio.create_task(self.listener.run())

    @property
    def ids(self) -> list[str]:
        return [event.subject_id for message in self.heard for event in message.events]

    async def close(self) -> None:
        assert not self.task.done(), "a listener ends only when it is cancelled"
        self.task.cancel()
        await asyncio.wait([self.task])
        assert self.task.cancelled()


class Bench:
    """A publisher and any number of listeners on one stream of the Redis at ``url``."""

    def __init__(self, url: str, stream: Stream, leaving: AsyncExitStack) -> None:
        self.url = url
        self.stream = stream
        self.publisher = Publisher(url)
        self._leaving = leaving
        self._numbers = itertools.count(1)

    async def listen(self) -> Ear:
        """One that listens."""
        ear = self.start()
        await eventually(ear.listener.is_listening, timeout_s=HEARS_AGAIN_WITHIN_S)
        return ear

    def start(self) -> Ear:
        """One that is not waited for."""
        ear = Ear(self.url, self.stream)
        self._leaving.push_async_callback(ear.close)
        return ear

    async def publish(self) -> str:
        """The id in a new message."""
        subject_id = f"pay_{next(self._numbers)}"
        event = EventRef(type="payment.created", subject_id=subject_id)
        await self.publisher.publish({self.stream: WakeUp(events=[event])})
        return subject_id

    async def hears(self, ear: Ear) -> None:
        """Return once ``ear`` hears what is published now; what is published before that may be lost."""

        async def heard() -> bool:
            try:
                published = await self.publish()
            except StreamUnavailable:
                return False
            await asyncio.sleep(0.1)
            return published in ear.ids

        await eventually(heard, timeout_s=HEARS_AGAIN_WITHIN_S)
        await eventually(ear.listener.is_listening)


OpenBench = Callable[..., Awaitable[Bench]]


@pytest_asyncio.fixture
async def bench_on() -> AsyncIterator[OpenBench]:
    """Opens benches: ``await bench_on(url, stream)``."""
    async with AsyncExitStack() as leaving:

        async def bench_on(url: str, stream: Stream = Stream.PAYMENTS) -> Bench:
            bench = Bench(url, stream, leaving)
            await leaving.enter_async_context(bench.publisher)
            return bench

        yield bench_on


@pytest_asyncio.fixture
async def bench(redis_url: str, bench_on: OpenBench) -> Bench:
    return await bench_on(redis_url)


@pytest_asyncio.fixture
async def private_bench(private_redis: Server, bench_on: OpenBench) -> Bench:
    """On ``private_redis``, which the test may stop, kill and start."""
    return await bench_on(private_redis.url)


@pytest_asyncio.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as opened:
        yield opened
