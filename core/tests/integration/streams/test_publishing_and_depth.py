"""The relay's door and the numbers for metrics: in order, in time, and never a zero for an error."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import pytest

from devstack.servers import Server
from gateway_core.streams import Depth, Hint, Stream, StreamUnavailable, is_reachable, read_depth
from gateway_core.streams.groups import drop_idle_consumers, ensure_group

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Bench

pytestmark = pytest.mark.integration

PUBLISH_BOUND_S = 1.0
OTHER_BOUND_S = 0.2
MARGIN_S = 0.5


async def fails_in_time(bench: Bench) -> None:
    asked_at = time.monotonic()
    with pytest.raises(StreamUnavailable):
        await bench.publish(1)
    assert time.monotonic() - asked_at < PUBLISH_BOUND_S + MARGIN_S
    asked_at = time.monotonic()
    with pytest.raises(StreamUnavailable):
        await read_depth(bench.clients, bench.stream, deadline_s=OTHER_BOUND_S)
    assert not await is_reachable(bench.clients, deadline_s=OTHER_BOUND_S)
    assert time.monotonic() - asked_at < 2 * OTHER_BOUND_S + MARGIN_S


async def test_publishing_fails_in_time_while_redis_is_down(
    private_redis: Server, private_bench: Bench
) -> None:
    await private_bench.publish(1)
    await asyncio.to_thread(private_redis.stop)

    await fails_in_time(private_bench)

    await asyncio.to_thread(private_redis.start)
    await private_bench.publish(1)
    assert (await private_bench.depth()).length == 2


async def test_publishing_fails_in_time_while_redis_hangs(
    private_redis: Server, private_bench: Bench
) -> None:
    await private_bench.publish(1)
    private_redis.process.send_signal(signal.SIGSTOP)
    try:
        await fails_in_time(private_bench)
    finally:
        private_redis.process.send_signal(signal.SIGCONT)

    await private_bench.publish(1)
    assert await is_reachable(private_bench.clients)


async def test_a_key_of_another_type_is_unavailable_too(bench: Bench) -> None:
    await bench.client.set(bench.stream, "not a stream")

    with pytest.raises(StreamUnavailable):
        await bench.publish(1)
    with pytest.raises(StreamUnavailable):
        await bench.depth()


async def test_hints_go_to_their_own_streams(bench: Bench) -> None:
    hint = Hint("refund.created", "rfnd_1")

    await bench.publisher.publish([(Stream.WEBHOOKS, hint), (Stream.REFUNDS, hint), (Stream.WEBHOOKS, hint)])

    lengths = [(await read_depth(bench.clients, stream)).length for stream in Stream]
    assert dict(zip(Stream, lengths, strict=True)) == {
        Stream.PAYMENTS: 0,
        Stream.WEBHOOKS: 2,
        Stream.REFUNDS: 1,
    }


async def test_a_batch_beyond_the_bound_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="at most 1000"):
        await bench.publish(1001)
    assert (await bench.depth()).length == 0


async def test_depth_tells_unread_from_unfinished(bench: Bench) -> None:
    assert await bench.depth() == Depth(length=0, lag=0, pending=0, quarantined=0)
    await bench.publish(5)
    assert await bench.depth() == Depth(length=5, lag=5, pending=0, quarantined=0)
    held = await bench.read_as("worker", 3)
    assert await bench.depth() == Depth(length=5, lag=2, pending=3, quarantined=0)
    await bench.client.xack(bench.stream, bench.stream.group, held[-1])
    await bench.client.xdel(bench.stream, held[-1])
    assert await bench.depth() == Depth(length=4, lag=2, pending=2, quarantined=0)


async def test_silent_consumers_are_dropped_unless_they_hold_entries(bench: Bench) -> None:
    await bench.publish(3)
    await bench.read_as("holds", 1)
    # Each has read something: before Redis 7.2 a read of nothing made no consumer.
    await bench.client.xack(bench.stream, bench.stream.group, *await bench.read_as("silent", 1))
    await asyncio.sleep(0.2)
    await bench.client.xack(bench.stream, bench.stream.group, *await bench.read_as("active", 1))

    await drop_idle_consumers(bench.client, bench.stream, expiry_ms=150)

    consumers = await bench.client.xinfo_consumers(bench.stream, bench.stream.group)
    assert {consumer["name"] for consumer in consumers} == {b"holds", b"active"}


async def test_making_a_group_twice_keeps_the_first(bench: Bench) -> None:
    await bench.publish(2)
    await bench.read_as("worker", 1)

    await ensure_group(bench.client, bench.stream)

    assert await bench.depth() == Depth(length=2, lag=1, pending=1, quarantined=0)
