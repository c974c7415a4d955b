"""Redis emptied, killed, absent, read-only: consuming goes on as soon as Redis is right again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from devstack.servers import Server
from gateway_core.streams.subscribe import OPEN_TIMEOUT_S
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Bench

pytestmark = pytest.mark.integration

HEALED_WITHIN_S = 4.0
MAX_COMMANDS_PER_S = 10


async def flush(bench: Bench) -> None:
    await bench.client.flushall()


async def delete_stream(bench: Bench) -> None:
    await bench.client.delete(bench.stream)


async def destroy_group(bench: Bench) -> None:
    await bench.client.xgroup_destroy(bench.stream, bench.stream.group)


@pytest.mark.parametrize("lose", [flush, delete_stream, destroy_group])
async def test_a_lost_group_is_made_again_and_both_subscriptions_go_on(
    bench: Bench, lose: Callable[[Bench], Awaitable[None]]
) -> None:
    first, second = await bench.start_alive(), await bench.start_alive()

    for _ in range(5):  # often: the next loss hits subscriptions that are still being opened
        await lose(bench)
        published = {*await bench.publish(5)}

        def all_handled(published: set[str] = published) -> bool:
            return published <= {*first.finished, *second.finished}

        await eventually(all_handled, timeout_s=HEALED_WITHIN_S)

    await eventually(lambda: first.alive() and second.alive())


async def test_a_key_of_another_type_is_waited_out_without_spinning(bench: Bench) -> None:
    worker = await bench.start_alive()
    await bench.client.set(bench.stream, "not a stream")
    await eventually(lambda: not worker.alive())

    assert await commands_in_one_second(bench) < MAX_COMMANDS_PER_S

    await bench.client.delete(bench.stream)
    published = await bench.publish(1)
    await eventually(lambda: worker.finished == published, timeout_s=HEALED_WITHIN_S)


async def test_a_read_only_replica_is_waited_out_without_spinning(private_bench: Bench) -> None:
    worker = await private_bench.start_alive()
    await private_bench.client.replicaof("127.0.0.1", "1")
    await eventually(lambda: not worker.alive())

    assert await commands_in_one_second(private_bench) < MAX_COMMANDS_PER_S

    await private_bench.client.replicaof("NO", "ONE")
    published = await private_bench.publish(1)
    await eventually(lambda: worker.finished == published, timeout_s=HEALED_WITHIN_S)


async def commands_in_one_second(bench: Bench) -> int:
    """Stream commands that the server saw in a second, refused ones included."""

    async def total() -> int:
        stats = await bench.client.info("commandstats")
        return sum(
            stat["calls"] + stat["rejected_calls"]
            for name, stat in stats.items()
            if name.startswith("cmdstat_x")
        )

    before = await total()
    await asyncio.sleep(1.0)
    return await total() - before


@pytest.mark.parametrize("end", [Server.stop, Server.kill])
async def test_consuming_goes_on_after_redis_was_away(
    private_redis: Server, private_bench: Bench, end: Callable[[Server], None]
) -> None:
    worker = await private_bench.start_alive()
    before = await private_bench.publish(2)
    await eventually(lambda: worker.finished == before)

    await asyncio.to_thread(end, private_redis)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(private_redis.start)
    after = await private_bench.publish(2)

    await eventually(lambda: {*after} <= {*worker.finished}, timeout_s=HEALED_WITHIN_S)


async def test_a_handler_that_ends_while_redis_is_away_is_acknowledged_later(
    private_redis: Server, private_bench: Bench
) -> None:
    redis_is_away = asyncio.Event()
    published = await private_bench.publish(2)
    worker = await private_bench.start(redis_is_away.wait, handler_timeout_s=30.0)
    await eventually(lambda: worker.received == published)

    await asyncio.to_thread(private_redis.stop)
    redis_is_away.set()
    await eventually(lambda: worker.finished == published)
    await asyncio.to_thread(private_redis.start)

    await private_bench.drained(timeout_s=HEALED_WITHIN_S)
    assert worker.received == published


async def test_a_subscription_starts_without_redis_and_comes_up_with_it(
    private_redis: Server, private_bench: Bench
) -> None:
    await asyncio.to_thread(private_redis.stop)
    asked_at = time.monotonic()

    worker = await private_bench.start()

    assert time.monotonic() - asked_at < 0.1
    assert not worker.alive()
    await asyncio.sleep(1.1 * OPEN_TIMEOUT_S)
    await asyncio.to_thread(private_redis.start)
    await eventually(worker.alive, timeout_s=HEALED_WITHIN_S)
    published = await private_bench.publish(1)
    await eventually(lambda: worker.finished == published)


async def test_a_subscription_stops_while_redis_is_away(private_redis: Server, private_bench: Bench) -> None:
    await asyncio.to_thread(private_redis.stop)
    worker = await private_bench.start()
    await asyncio.sleep(0.1)
    asked_at = time.monotonic()

    await worker.subscription.stop()

    assert time.monotonic() - asked_at < OPEN_TIMEOUT_S + 1.0
