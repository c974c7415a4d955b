"""Every event is published once per stream, also after late commits and outages."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from devstack.servers import Server
from gateway_core.db.pool import Pool, create_pool, transaction
from gateway_core.db.queries import events
from gateway_core.db.queries.events import NewEvent
from gateway_core.relay import BATCH, RETRY_AFTER_S, Relay
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import Publisher, StreamUnavailable
from gateway_core.testing.factories import eventually
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.integration.relay.conftest import Running, Streams

pytestmark = pytest.mark.integration

PROMPT_S = 0.5


def expected(payment_ids: list[str]) -> Counter[tuple[str, str, str]]:
    wanted = [
        entry
        for payment_id in payment_ids
        for entry in (
            (Stream.PAYMENTS, "payment.created", payment_id),
            (Stream.WEBHOOKS, "payment.created", payment_id),
            (Stream.WEBHOOKS, "payment.pending", payment_id),
        )
    ]
    return Counter(wanted)


def published(streams: Streams) -> Counter[tuple[str, str, str]]:
    return Counter((stream, event.type, event.subject_id) for stream, event in streams.entries)


async def unpublished(rows: Rows) -> int:
    return int(await rows.one("SELECT count(*) FROM events WHERE published_at IS NULL"))


async def test_every_event_is_published_once_per_stream(pool: Pool, rows: Rows, streams: Streams) -> None:
    payment_ids = await rows.payments(*await rows.orders(5))
    relay = Relay(pool, streams)
    assert await relay.publish_once() == 10
    assert published(streams) == expected(payment_ids)
    assert await unpublished(rows) == 0
    assert await relay.publish_once() == 0
    assert streams.attempts == 1


async def test_marks_are_committed_before_anything_is_published(
    pool: Pool, rows: Rows, streams: Streams
) -> None:
    """No transaction is open while the streams are talked to."""
    await rows.payment()
    streams.hang = True
    task = asyncio.create_task(Relay(pool, streams).publish_once())
    await eventually(lambda: streams.attempts == 1)
    assert await unpublished(rows) == 0
    open_transactions = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
    assert await rows.one(open_transactions) == 0
    task.cancel()
    await asyncio.wait([task])


async def test_a_relay_that_is_stopped_while_publishing_takes_its_marks_back(
    pool: Pool, rows: Rows, streams: Streams
) -> None:
    await rows.payment()
    streams.hang = True
    task = asyncio.create_task(Relay(pool, streams).publish_once())
    await eventually(lambda: streams.attempts == 1)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await unpublished(rows) == 2


async def test_marks_are_taken_back_when_the_streams_are_away(
    pool: Pool, rows: Rows, streams: Streams
) -> None:
    payment_ids = await rows.payments(*await rows.orders(3))
    relay = Relay(pool, streams)
    streams.down = True
    with pytest.raises(StreamUnavailable):
        await relay.publish_once()
    assert await unpublished(rows) == 6
    streams.down = False
    assert await relay.publish_once() == 6
    assert published(streams) == expected(payment_ids)


async def test_while_the_streams_are_away_nothing_is_marked(
    pool: Pool, rows: Rows, streams: Streams, running: Running
) -> None:
    """Every mark that is taken back is two writes."""
    payment_ids = await rows.payments(*await rows.orders(20))
    streams.down = True
    async with running(Relay(pool, streams)):
        await eventually(lambda: streams.pings == 2)
        assert (streams.attempts, await unpublished(rows)) == (1, 40)
        streams.down = False
        await eventually(lambda: len(streams.entries) == 60)
    assert published(streams) == expected(payment_ids)


async def test_a_round_is_bounded(pool: Pool, rows: Rows, streams: Streams) -> None:
    await rows.payments(*await rows.orders(BATCH // 2 + 10))
    assert await Relay(pool, streams).publish_once() == BATCH
    assert await unpublished(rows) == 20


async def test_a_full_round_is_followed_at_once(
    pool: Pool, rows: Rows, streams: Streams, running: Running
) -> None:
    payment_ids = await rows.payments(*await rows.orders(2 * BATCH))
    started = time.monotonic()
    async with running(Relay(pool, streams)):
        await eventually(lambda: len(streams.entries) == 6 * BATCH)
    assert time.monotonic() - started < 3.0
    assert published(streams) == expected(payment_ids)


async def test_relays_share_the_work_without_publishing_twice(
    pool: Pool, rows: Rows, streams: Streams, running: Running
) -> None:
    relays = [Relay(pool, streams) for _ in range(4)]
    payment_ids: list[str] = []
    async with running(*relays):
        for order_ids in [await rows.orders(20) for _ in range(20)]:
            payment_ids += await rows.payments(*order_ids)
            for relay in relays:
                relay.wake()
        await eventually(lambda: len(streams.entries) >= 1200)
    assert published(streams) == expected(payment_ids)
    assert await unpublished(rows) == 0


async def test_an_event_that_commits_late_is_not_skipped(pool: Pool, rows: Rows, streams: Streams) -> None:
    """Its id is lower than those already published: a cursor would have passed it."""
    merchant_id = await rows.merchant()
    relay = Relay(pool, streams)
    async with transaction(pool) as late:
        await events.append(late, [NewEvent(merchant_id, "payment.failed", "pay_late", b"{}")])
        await rows.payment()
        assert await relay.publish_once() == 2
    assert await relay.publish_once() == 1
    assert [event.subject_id for _, event in streams.entries][-1] == "pay_late"
    assert await rows.values("SELECT subject_id FROM events ORDER BY id LIMIT 1") == ["pay_late"]


async def test_a_wake_publishes_promptly(pool: Pool, rows: Rows, streams: Streams, running: Running) -> None:
    relay = Relay(pool, streams)
    async with running(relay):
        for count in range(1, 4):
            await rows.payment()
            woken = time.monotonic()
            relay.wake()
            await eventually(lambda count=count: len(streams.entries) == 3 * count, every_s=0.005)  # type: ignore[misc]
            assert time.monotonic() - woken < PROMPT_S


async def test_a_database_that_restarts_is_waited_out(
    private_postgres: Server, streams: Streams, running: Running
) -> None:
    async with create_pool(private_postgres.url, size=2, application_name="relay") as pool:
        rows = Rows(pool)
        before = await rows.payment()
        relay = Relay(pool, streams)
        async with running(relay):
            await eventually(lambda: published(streams) == expected([before]))
            await asyncio.to_thread(private_postgres.stop)
            relay.wake()
            await asyncio.sleep(RETRY_AFTER_S)  # at least one round meets the outage
            await asyncio.to_thread(private_postgres.start)
            after = await rows.payment()
            relay.wake()
            await eventually(lambda: published(streams) == expected([before, after]))


async def test_everything_is_published_after_redis_was_away(
    pool: Pool, rows: Rows, private_redis: Server, running: Running
) -> None:
    async with Publisher(private_redis.url) as publisher:
        relays = [Relay(pool, publisher) for _ in range(2)]
        payment_ids = await rows.payments(*await rows.orders(10))

        async def all_published() -> bool:
            return await unpublished(rows) == 0

        async with running(*relays):
            await eventually(all_published)
            await asyncio.to_thread(private_redis.stop)
            payment_ids += await rows.payments(*await rows.orders(400))
            for relay in relays:
                relay.wake()
            await asyncio.sleep(RETRY_AFTER_S)  # rounds that mark, fail and take back
            await asyncio.to_thread(private_redis.start)
            await eventually(all_published)
