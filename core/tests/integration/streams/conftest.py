"""A bench for subscriptions: one Redis, quick numbers, workers that record what they are handed."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest_asyncio
from redis.asyncio import Redis

from devstack.servers import Server
from gateway_core.streams import (
    Depth,
    Hint,
    Publisher,
    Stream,
    StreamUnavailable,
    Subscription,
    Tuning,
    open_client,
    read_depth,
)
from gateway_core.streams.groups import ensure_group
from gateway_core.streams.messages import DATA_FIELD
from gateway_core.testing.factories import eventually

STREAM = Stream.PAYMENTS
# An entry is abandoned after 2 x 0.4 + 0.3 = 1.1 s.
QUICK = Tuning(
    max_records=100,
    polling_interval_ms=200,
    claim_interval_ms=50,
    handler_timeout_s=0.4,
    graceful_timeout_s=0.3,
)

FAILED_OVER_WITHIN_S = 15.0

Behaviour = Callable[[], Awaitable[object]]


class Worker:
    """A handler that notes each call, then does what the next of `behaviours` does, or returns."""

    subscription: Subscription

    def __init__(self, *behaviours: Behaviour) -> None:
        self.calls: list[list[Hint]] = []
        self.finished: list[str] = []
        self._behaviours = list(behaviours)

    async def __call__(self, hints: Sequence[Hint]) -> None:
        self.calls.append(list(hints))
        if self._behaviours:
            await self._behaviours.pop(0)()
        self.finished += [hint.id for hint in hints]

    @property
    def received(self) -> list[str]:
        """Ids in the order of delivery, again for each delivery."""
        return [hint.id for call in self.calls for hint in call]

    def alive(self) -> bool:
        return self.subscription.alive()

    async def handles(self, ids: list[str], *, within_s: float = 5.0) -> None:
        """Returns once all of them are."""
        await eventually(lambda: {*ids} <= {*self.finished}, timeout_s=within_s)


class Bench:
    """One stream of the Redis at `url`, `client` being where it is; `clients` knows the others too."""

    tuning = QUICK

    def __init__(self, url: str, stream: Stream = STREAM) -> None:
        self.url = url
        self.stream = stream
        self.clients = open_client(url)
        self.client: Redis = self.clients.of(stream)
        self.publisher = Publisher(self.clients)
        self.workers: list[Worker] = []
        self.fatal: list[BaseException] = []
        self._numbers = itertools.count(1)

    async def publish(self, count: int) -> list[str]:
        """The ids of `count` new hints."""
        ids = [f"pay_{next(self._numbers)}" for _ in range(count)]
        await self.publisher.publish([(self.stream, Hint("payment.created", each)) for each in ids])
        return ids

    async def publish_when_possible(self, count: int) -> list[str]:
        """Hints that were taken; as the relay does, they are published until they are."""

        async def taken() -> list[str]:
            try:
                return await self.publish(count)
            except StreamUnavailable:
                return []

        return await eventually(taken, timeout_s=FAILED_OVER_WITHIN_S)

    async def add_raw(self, fields: dict[bytes, bytes]) -> None:
        await self.client.xadd(self.stream, cast("dict[Any, Any]", fields))

    async def add_frame(self, frame: bytes) -> None:
        await self.add_raw({DATA_FIELD.encode(): frame})

    async def entries(self, stream: str) -> list[dict[bytes, bytes]]:
        """The fields of all entries on `stream`."""
        return [fields for _, fields in cast("list[Any]", await self.client.xrange(stream))]

    async def read_as(self, consumer: str, count: int) -> list[bytes]:
        """Entry ids that `consumer` now holds unfinished, as if it had died right after the read."""
        await ensure_group(self.client, self.stream)
        answer = await self.client.xreadgroup(
            self.stream.group, consumer, {self.stream.value: ">"}, count=count
        )
        return [entry_id for _, entries in cast("list[Any]", answer) for entry_id, _ in entries]

    async def depth(self) -> Depth:
        return await read_depth(self.clients, self.stream)

    async def drained(self, *, quarantined: int = 0, timeout_s: float = 5.0) -> None:
        """Returns once the stream is empty and nothing pends."""
        empty = Depth(length=0, lag=0, pending=0, quarantined=quarantined)

        async def is_empty() -> bool:
            assert await self.depth() == empty
            return True

        await eventually(is_empty, timeout_s=timeout_s)

    async def start(self, *behaviours: Behaviour, **changes: Any) -> Worker:
        """A subscribed worker, not waited for; `changes` are fields of Tuning."""
        worker = Worker(*behaviours)
        worker.subscription = Subscription(
            self.url,
            self.stream,
            worker,
            on_fatal=self.fatal.append,
            tuning=replace(self.tuning, **changes),
            consumer=f"worker-{len(self.workers)}",
        )
        self.workers.append(worker)
        await worker.subscription.start()
        return worker

    async def start_alive(self, *behaviours: Behaviour, **changes: Any) -> Worker:
        worker = await self.start(*behaviours, **changes)
        await eventually(worker.alive)
        return worker

    async def close(self) -> None:
        for worker in self.workers:
            await worker.subscription.stop()
        await self.clients.aclose()
        assert self.fatal == []


@pytest_asyncio.fixture
async def bench(redis_url: str) -> AsyncIterator[Bench]:
    opened = Bench(redis_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def private_bench(private_redis: Server) -> AsyncIterator[Bench]:
    """On `private_redis`, which the test may stop, kill and start."""
    opened = Bench(private_redis.url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def bench_on() -> AsyncIterator[Callable[..., Bench]]:
    """Opens benches on servers that the test has started."""
    opened: list[Bench] = []

    def on(url: str, stream: Stream = STREAM) -> Bench:
        opened.append(Bench(url, stream))
        return opened[-1]

    yield on
    for bench in opened:
        await bench.close()
