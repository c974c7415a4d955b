"""Redis emptied, killed, absent or misconfigured: listening resumes once Redis works again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from devstack.servers import Server
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Bench, Ear

pytestmark = pytest.mark.integration

MAX_READS_PER_S = 20


async def flush(client: Redis, _bench: Bench) -> None:
    await client.flushall()


async def delete_stream(client: Redis, bench: Bench) -> None:
    await client.delete(bench.stream)


def _all_heard(ears: list[Ear], published: str) -> bool:
    return all(published in ear.ids for ear in ears)


@pytest.mark.parametrize("lose", [flush, delete_stream])
async def test_a_lost_stream_is_not_noticed(
    bench: Bench, client: Redis, lose: Callable[[Redis, Bench], Awaitable[None]]
) -> None:
    ears = [await bench.listen(), await bench.listen()]
    for _ in range(3):
        await bench.publish()
        await lose(client, bench)
        published = await bench.publish()
        await eventually(partial(_all_heard, ears, published))


async def test_a_key_of_another_type_is_waited_out_without_spinning(bench: Bench, client: Redis) -> None:
    ear = await bench.listen()
    await client.set(bench.stream, "not a stream")
    await asyncio.sleep(3.0)  # the read that had begun is over
    before = await reads(client)
    await asyncio.sleep(2.0)
    assert await reads(client) - before < 2 * MAX_READS_PER_S
    await client.delete(bench.stream)
    await bench.hears(ear)


async def reads(client: Redis) -> int:
    """Reads of streams that the server has seen, refused ones included."""
    stats = (await client.info("commandstats")).get("cmdstat_xread", {"calls": 0, "rejected_calls": 0})
    return int(stats["calls"] + stats["rejected_calls"])


async def test_a_read_only_replica_is_listened_to(private_redis: Server, private_bench: Bench) -> None:
    async with Redis.from_url(private_redis.url) as client:
        await client.replicaof("127.0.0.1", "1")
        ear = await private_bench.listen()
        await client.replicaof("NO", "ONE")
    await private_bench.hears(ear)


@pytest.mark.parametrize(("end", "away_s"), [(Server.stop, 0.5), (Server.kill, 4.0)])
async def test_listening_resumes_after_redis_was_down(
    private_redis: Server, private_bench: Bench, end: Callable[[Server], None], away_s: float
) -> None:
    ear = await private_bench.listen()
    await asyncio.to_thread(end, private_redis)
    await eventually(lambda: not ear.listener.is_listening())
    await asyncio.sleep(away_s)
    await asyncio.to_thread(private_redis.start)
    await private_bench.hears(ear)


async def test_a_listener_starts_without_redis_and_comes_up_with_it(
    private_redis: Server, private_bench: Bench
) -> None:
    await asyncio.to_thread(private_redis.stop)
    ear = private_bench.start()
    await asyncio.sleep(4.0)  # FastStream gives a start up after 3 s
    await eventually(lambda: not ear.listener.is_listening())
    await asyncio.to_thread(private_redis.start)
    await private_bench.hears(ear)


async def test_a_listener_stops_while_redis_is_away(private_redis: Server, private_bench: Bench) -> None:
    ear = await private_bench.listen()
    await asyncio.to_thread(private_redis.stop)
    await asyncio.sleep(0.1)
    asked_at_s = time.monotonic()
    ear.task.cancel()
    await asyncio.wait([ear.task])
    assert time.monotonic() - asked_at_s < 1.0
    ear.task = asyncio.create_task(asyncio.sleep(60))  # for the fixture
