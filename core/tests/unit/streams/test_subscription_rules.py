"""Names, numbers, the cancellation guard, and what ends a subscription: nothing here needs a Redis."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from faststream import ContextRepo, StreamMessage
from redis.exceptions import ResponseError

from gateway_core.streams import Depth, Hint, Stream, StreamUnavailable, Subscription, Tuning
from gateway_core.streams.depth import _depth
from gateway_core.streams.handling import CancellationGuard, HandlerCancelled
from gateway_core.streams.names import consumer_name
from gateway_core.streams.subscribe import BACKOFF_CAP_S, backoff_s
from gateway_core.testing.factories import eventually


def test_the_streams_are_those_of_the_contract() -> None:
    assert {stream.value for stream in Stream} == {
        "payment-processing",
        "webhook-delivery",
        "refund-processing",
    }
    names = [name for stream in Stream for name in (stream.value, stream.group, stream.quarantine)]
    assert len(set(names)) == 9


def test_a_consumer_is_named_by_host_and_pid() -> None:
    assert consumer_name() == f"{socket.gethostname()}-{os.getpid()}"


@pytest.mark.parametrize(("handler_s", "graceful_s"), [(0.1, 0.1), (30.0, 15.0), (2.5, 60.0)])
def test_min_idle_exceeds_two_worst_handlers_and_the_graceful_timeout(
    handler_s: float, graceful_s: float
) -> None:
    tuning = Tuning(handler_timeout_s=handler_s, graceful_timeout_s=graceful_s)

    assert tuning.min_idle_ms / 1000 > 2 * handler_s + graceful_s


@pytest.mark.parametrize(
    "wrong",
    [
        {"polling_interval_ms": 0},
        {"polling_interval_ms": 4001},
        {"claim_interval_ms": 5000},
        {"max_records": 0},
        {"max_deliveries": 0},
        {"quarantine_maxlen": 0},
        {"handler_timeout_s": 0.0},
        {"graceful_timeout_s": 0.0},
    ],
)
def test_numbers_that_would_not_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Tuning(**wrong)


def test_the_back_off_grows_to_its_cap_and_stays_there() -> None:
    waits_s = [backoff_s(failures) for failures in range(5000)]

    assert waits_s == sorted(waits_s)
    assert waits_s[0] <= 0.05
    assert waits_s[10] == waits_s[-1] == BACKOFF_CAP_S


async def guarded(handler: Any) -> object:
    message = StreamMessage(raw_message=None, body=b"")
    return await CancellationGuard(None, context=ContextRepo()).consume_scope(handler, message)


async def test_a_cancellation_from_inside_the_handler_is_an_ordinary_failure() -> None:
    async def awaits_what_was_cancelled(_: object) -> None:
        inner = asyncio.create_task(asyncio.sleep(3600))
        asyncio.get_running_loop().call_soon(inner.cancel)
        await inner

    with pytest.raises(HandlerCancelled):
        await guarded(awaits_what_was_cancelled)


async def test_a_cancellation_of_the_handlers_own_task_passes() -> None:
    entered = asyncio.Event()

    async def hangs(_: object) -> None:
        entered.set()
        await asyncio.sleep(3600)

    task = asyncio.create_task(guarded(hangs))
    await entered.wait()
    task.cancel()
    await asyncio.wait({task})

    assert task.cancelled()


async def test_what_no_retry_heals_is_reported_and_ends_the_subscription() -> None:
    async def handle(_: Sequence[Hint]) -> None: ...

    fatal: list[BaseException] = []
    subscription = Subscription("nonsense://nowhere", Stream.REFUNDS, handle, on_fatal=fatal.append)

    await subscription.start()

    await eventually(lambda: len(fatal) == 1)
    assert isinstance(fatal[0], ValueError)
    assert not subscription.alive()
    await subscription.stop()
    assert len(fatal) == 1


async def test_a_subscription_that_never_started_can_be_stopped() -> None:
    async def handle(_: Sequence[Hint]) -> None: ...

    subscription = Subscription("redis://127.0.0.1:1", Stream.REFUNDS, handle, on_fatal=print)

    assert not subscription.alive()
    await subscription.stop()


@pytest.mark.parametrize("answer", [{}, {"lag": None}])
def test_a_lag_the_server_does_not_know_is_what_is_neither_read_nor_deleted(answer: dict[str, None]) -> None:
    group = {"name": Stream.PAYMENTS.group.encode(), "pending": 3, **answer}

    assert _depth(Stream.PAYMENTS, 10, 0, [group]) == Depth(length=10, lag=7, pending=3, quarantined=0)


@pytest.mark.parametrize("failed", ["length", "quarantined", "groups"])
def test_an_error_is_never_a_depth(failed: str) -> None:
    answers: dict[str, Any] = {"length": 0, "quarantined": 0, "groups": []}

    with pytest.raises(StreamUnavailable):
        _depth(Stream.PAYMENTS, **answers | {failed: ResponseError("refused")})
