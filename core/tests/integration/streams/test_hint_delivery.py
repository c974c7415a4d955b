"""What reaches the handler, how often, and what is left on the stream afterwards."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from faststream.exceptions import StopConsume
from faststream.redis.parser import BinaryMessageFormatV1

from gateway_core.streams import Depth, Hint
from gateway_core.streams.messages import DATA_FIELD
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Behaviour, Bench

pytestmark = pytest.mark.integration


async def fail() -> None:
    raise RuntimeError("the handler failed")


async def escape_as_cancelled() -> None:
    raise asyncio.CancelledError


async def end_faststreams_loop() -> None:
    raise StopConsume


async def hang() -> None:
    await asyncio.sleep(3600)


async def test_what_was_published_before_the_group_existed_is_seen(bench: Bench) -> None:
    published = await bench.publish(3)

    worker = await bench.start()

    await eventually(lambda: worker.received == published)


async def test_a_later_subscription_gets_only_what_is_not_handled(bench: Bench) -> None:
    first = await bench.start_alive()
    old = await bench.publish(2)
    await eventually(lambda: first.finished == old)
    await first.subscription.stop()
    new = await bench.publish(2)

    second = await bench.start()

    await eventually(lambda: second.received == new)


async def test_hints_come_in_batches(bench: Bench) -> None:
    published = await bench.publish(500)

    worker = await bench.start()

    await eventually(lambda: worker.finished == published)
    assert [len(call) for call in worker.calls] == [bench.tuning.max_records] * 5


async def test_handled_entries_are_deleted(bench: Bench) -> None:
    worker = await bench.start_alive()

    published = await bench.publish(250)

    await eventually(lambda: worker.finished == published)
    await bench.drained()


async def test_kind_id_and_stored_trace_arrive_as_published(bench: Bench) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    hint = Hint("payment.created", "pay_1", trace)
    await bench.publisher.publish([(bench.stream, hint)])
    (fields,) = await bench.entries(bench.stream)

    worker = await bench.start()

    await eventually(lambda: worker.calls == [[hint]])
    _, headers = BinaryMessageFormatV1.parse(fields[DATA_FIELD.encode()])
    assert headers["traceparent"] == trace


@pytest.mark.parametrize("failure", [fail, escape_as_cancelled, end_faststreams_loop, hang])
async def test_a_failed_batch_is_delivered_again_and_new_hints_keep_coming(
    bench: Bench, failure: Behaviour
) -> None:
    first = await bench.publish(3)
    worker = await bench.start(failure)
    await eventually(lambda: worker.received == first)

    second = await bench.publish(1)

    await eventually(lambda: worker.finished == second + first, timeout_s=5)
    await bench.drained()


async def test_entries_that_are_no_hints_are_quarantined_and_block_nothing(bench: Bench) -> None:
    await bench.add_raw({b"no": b"data field"})
    await bench.add_raw({b"\xff": b"\xfe"})
    await bench.add_frame(b"\xff\xfe\x00 no frame")
    published = await bench.publish(2)
    await bench.add_frame(b'{"v": 2, "kind": "a", "id": "b", "trace": ""}')
    await bench.add_frame(b"[" * 100_000)

    worker = await bench.start()

    await eventually(lambda: worker.finished == published)
    await bench.drained(quarantined=5)
    kept = await bench.entries(bench.stream.quarantine)
    assert [fields[b"reason"] for fields in kept] == [
        b"no data field",
        b"no data field",
        b"not JSON",
        b"unknown version",
        b"too long",
    ]
    assert kept[2][b"data"] == b"\xff\xfe\x00 no frame"
    assert max(len(fields[b"data"]) for fields in kept) == 4096


async def test_the_quarantine_is_bounded(bench: Bench) -> None:
    for number in range(10):
        await bench.add_frame(f"junk {number}".encode())

    await bench.start(quarantine_maxlen=3)

    await bench.drained(quarantined=3)
    kept = await bench.entries(bench.stream.quarantine)
    assert [fields[b"data"] for fields in kept] == [b"junk 7", b"junk 8", b"junk 9"]


async def test_an_entry_that_never_succeeds_is_quarantined(bench: Bench) -> None:
    published = await bench.publish(1)

    worker = await bench.start(*[fail] * 10, max_deliveries=2)

    await bench.drained(quarantined=1)
    assert worker.received == published * 2


async def test_what_a_dead_consumer_left_pending_is_claimed(bench: Bench) -> None:
    published = await bench.publish(5)
    assert len(await bench.read_as("killed", 5)) == 5

    worker = await bench.start()

    await eventually(lambda: worker.finished == published, timeout_s=5)
    await bench.drained()


async def test_a_deleted_entry_that_is_still_pending_does_not_stop_the_claims(bench: Bench) -> None:
    published = await bench.publish(3)
    held = await bench.read_as("killed", 3)
    await bench.client.xdel(bench.stream, held[0])

    worker = await bench.start()

    await eventually(lambda: worker.finished == published[1:], timeout_s=5)
    await bench.drained()


async def test_a_slow_but_healthy_handler_is_not_run_twice(bench: Bench) -> None:
    """Nearly the longest call that the deadline admits, while another worker keeps looking for abandoned entries."""
    published = await bench.publish(3)
    slow = await bench.start(partial(asyncio.sleep, 0.7 * bench.tuning.handler_timeout_s))
    await eventually(lambda: slow.received == published)
    other = await bench.start_alive()

    await eventually(lambda: slow.finished == published)
    await asyncio.sleep(bench.tuning.min_idle_ms / 1000)

    assert slow.received == published
    assert other.received == []


async def test_stop_waits_for_the_running_handler(bench: Bench) -> None:
    published = await bench.publish(3)
    worker = await bench.start(partial(asyncio.sleep, 0.5 * bench.tuning.graceful_timeout_s))
    await eventually(lambda: worker.received == published)

    await worker.subscription.stop()

    assert worker.finished == published
    assert (await bench.depth()).length == 0
    assert not worker.alive()


async def test_stop_cancels_a_handler_that_takes_too_long_and_leaves_its_entries(bench: Bench) -> None:
    published = await bench.publish(3)
    worker = await bench.start(hang, handler_timeout_s=30.0)
    await eventually(lambda: worker.received == published)
    asked_at = time.monotonic()

    await worker.subscription.stop()

    assert bench.tuning.graceful_timeout_s <= time.monotonic() - asked_at < 2.0
    assert worker.finished == []
    assert await bench.depth() == Depth(length=3, lag=0, pending=3, quarantined=0)
