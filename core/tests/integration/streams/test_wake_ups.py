"""Every process hears every wake-up, and an invalid message stops no listener."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from devstack.servers import Server
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import DEADLINE_S, MAXLEN, Publisher, StreamUnavailable
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Bench

pytestmark = pytest.mark.integration

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MESSAGE = WakeUp(events=[EventRef(type="payment.created", subject_id="pay_1", traceparent=TRACE)])
FOREIGN: list[dict[bytes, bytes]] = [
    {b"no": b"data field"},
    {b"\xff": b"\xfe"},
    {b"__data__": b"\xff\xfe\x00 no JSON"},
    {b"__data__": b"[1]"},
    {b"__data__": b'{"events": [{"type": 1}]}'},
    {b"__data__": b"[" * 100_000},
]


async def test_every_process_hears_a_message_as_it_was_published(bench: Bench) -> None:
    ears = [await bench.listen(), await bench.listen()]
    await bench.publisher.publish({bench.stream: MESSAGE, Stream.REFUNDS: WakeUp(events=[])})
    await eventually(lambda: [ear.heard for ear in ears] == [[MESSAGE], [MESSAGE]])


async def test_foreign_entries_are_logged_and_skipped(
    bench: Bench, client: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    ear = await bench.listen()
    for fields in FOREIGN:
        await client.xadd(bench.stream, fields)  # type: ignore[arg-type]
    published = await bench.publish()
    await eventually(lambda: ear.ids == [published])
    assert [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_field_that_a_newer_version_adds_is_ignored() -> None:
    assert WakeUp.model_validate_json('{"events": [], "more": 1}') == WakeUp(events=[])


async def test_a_stream_stays_short(bench: Bench, client: Redis) -> None:
    for _ in range(3 * MAXLEN):
        await bench.publish()
    assert MAXLEN <= await client.xlen(bench.stream) < 2 * MAXLEN + 1


@pytest.mark.parametrize("away", ["refuses", "hangs"])
async def test_publishing_fails_in_time_when_redis_does_not_answer(private_redis: Server, away: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        await asyncio.to_thread(private_redis.stop)
        url = private_redis.url if away == "refuses" else f"redis://127.0.0.1:{silent.getsockname()[1]}"
        async with Publisher(url) as publisher:
            began_s = time.monotonic()
            with pytest.raises(StreamUnavailable):
                await publisher.publish({Stream.PAYMENTS: MESSAGE})
            assert not await publisher.is_reachable()
            assert time.monotonic() - began_s < 3 * DEADLINE_S


async def test_an_entry_that_redis_refuses_is_said(bench: Bench, client: Redis) -> None:
    await client.set(bench.stream, "not a stream")
    with pytest.raises(StreamUnavailable):
        await bench.publish()
    assert await bench.publisher.is_reachable()
