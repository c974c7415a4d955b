from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar

import pytest

from gateway_core.runtime.coalescer import Coalescer, CoalescerClosed, FlushFailed, Overloaded
from gateway_core.testing.factories import DEADLINE_S

MAX_US_PER_ITEM = 15


class Flush:
    """Doubles numbers, a batch at a time, once ``gate`` is open."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.running = 0
        self.most_running = 0

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.running -= 1
        return [ValueError("odd") if item == 13 else item * 2 for item in items]


@pytest.fixture
def flush() -> Flush:
    return Flush()


@pytest.fixture
async def doubled(flush: Flush) -> AsyncIterator[Coalescer[int, int]]:
    coalescer = Coalescer(flush, max_batch=4, max_waiting=10)
    yield coalescer
    flush.gate.set()
    await coalescer.aclose()


async def submitted(coalescer: Coalescer[int, int], *items: int) -> list[asyncio.Task[int]]:
    """Tasks that have all called ``submit``, and a flush that has begun if one could."""
    tasks = [asyncio.create_task(coalescer.submit(item)) for item in items]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_a_lone_caller_is_flushed_at_once(doubled: Coalescer[int, int], flush: Flush) -> None:
    assert await doubled.submit(21) == 42
    assert flush.batches == [[21]]


async def test_callers_during_a_flush_share_the_next(doubled: Coalescer[int, int], flush: Flush) -> None:
    flush.gate.clear()
    tasks = await submitted(doubled, 1)
    tasks += await submitted(doubled, 2, 3)
    tasks += await submitted(doubled, 4)
    assert doubled.waiting == 3
    flush.gate.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert flush.batches == [[1], [2, 3, 4]]


async def test_a_batch_is_bounded(doubled: Coalescer[int, int], flush: Flush) -> None:
    assert await asyncio.gather(*map(doubled.submit, range(10))) == [item * 2 for item in range(10)]
    assert flush.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert flush.most_running == 1


async def test_in_flight_bounds_concurrent_flushes(flush: Flush) -> None:
    coalescer = Coalescer(flush, max_batch=1, max_waiting=10, in_flight=2)
    assert await asyncio.gather(*map(coalescer.submit, range(6))) == [0, 2, 4, 6, 8, 10]
    assert flush.most_running == 2


async def test_waiting_is_bounded(doubled: Coalescer[int, int], flush: Flush) -> None:
    flush.gate.clear()
    tasks = await submitted(doubled, 0)
    tasks += await submitted(doubled, *range(1, 11))
    with pytest.raises(Overloaded):
        await doubled.submit(11)
    flush.gate.set()
    assert len(await asyncio.gather(*tasks)) == 11


async def test_one_items_error_reaches_its_caller_alone(doubled: Coalescer[int, int]) -> None:
    results = await asyncio.gather(*map(doubled.submit, (1, 13, 2)), return_exceptions=True)
    assert results[0] == 2
    assert isinstance(results[1], ValueError)
    assert results[2] == 4


async def test_a_failed_flush_reaches_its_whole_batch_and_the_next_one_works() -> None:
    async def flush(items: Sequence[int]) -> Sequence[int | Exception]:
        await asyncio.sleep(0)
        if 1 in items:
            raise ConnectionError("database gone")
        return list(items)

    coalescer = Coalescer(flush, max_batch=2, max_waiting=10)
    results = await asyncio.gather(*map(coalescer.submit, (1, 2, 3)), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, ConnectionError, int]


async def test_a_wrong_number_of_answers_is_an_error_for_all() -> None:
    async def flush(items: Sequence[int]) -> Sequence[int | Exception]:
        return [1]

    coalescer = Coalescer(flush, max_batch=2, max_waiting=10)
    results = await asyncio.gather(*map(coalescer.submit, (1, 2)), return_exceptions=True)
    assert [str(result) for result in results] == ["1 answers for 2 items"] * 2


async def test_a_cancelled_flush_leaves_no_caller_waiting() -> None:
    async def flush(items: Sequence[int]) -> Sequence[int | Exception]:
        raise asyncio.CancelledError

    coalescer = Coalescer(flush, max_batch=1, max_waiting=10)
    async with asyncio.timeout(DEADLINE_S):
        results = await asyncio.gather(*map(coalescer.submit, (1, 2)), return_exceptions=True)
    assert [type(result) for result in results] == [FlushFailed, FlushFailed]


async def test_a_caller_cancelled_while_waiting_is_dropped(
    doubled: Coalescer[int, int], flush: Flush
) -> None:
    flush.gate.clear()
    first, second, third = [*await submitted(doubled, 1), *await submitted(doubled, 2, 3)]
    second.cancel()
    await asyncio.sleep(0)
    flush.gate.set()
    assert (await first, await third) == (2, 6)
    assert flush.batches == [[1], [3]]


async def test_a_caller_cancelled_in_flight_leaves_its_batch_unharmed(
    doubled: Coalescer[int, int], flush: Flush
) -> None:
    flush.gate.clear()
    first, second = await submitted(doubled, 1, 2)
    first.cancel()
    await asyncio.sleep(0)
    flush.gate.set()
    assert await second == 4
    assert flush.batches == [[1, 2]]


async def test_closing_answers_everyone_and_refuses_more(flush: Flush) -> None:
    coalescer = Coalescer(flush, max_batch=2, max_waiting=10)
    tasks = await submitted(coalescer, 1, 2, 3)
    await coalescer.aclose()
    assert [task.result() for task in tasks] == [2, 4, 6]
    with pytest.raises(CoalescerClosed):
        await coalescer.submit(4)


@pytest.mark.parametrize("begun", [True, False])
async def test_a_cancelled_close_leaves_no_caller_waiting(flush: Flush, begun: bool) -> None:
    flush.gate.clear()
    coalescer = Coalescer(flush, max_batch=1, max_waiting=10)
    tasks = [asyncio.create_task(coalescer.submit(item)) for item in (1, 2, 3)]
    if begun:
        await submitted(coalescer)
    else:
        await asyncio.sleep(0)
    closing = asyncio.create_task(coalescer.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    async with asyncio.timeout(DEADLINE_S):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 3


async def test_flushes_do_not_run_in_a_callers_context() -> None:
    request_id: ContextVar[str] = ContextVar("request_id", default="none")
    seen: list[str] = []

    async def flush(items: Sequence[int]) -> Sequence[int | Exception]:
        seen.append(request_id.get())
        return list(items)

    coalescer = Coalescer(flush, max_batch=2, max_waiting=10)
    request_id.set("req_1")
    await coalescer.submit(1)
    assert seen == ["none"]


@pytest.mark.parametrize("bounds", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_bounds_must_be_positive(bounds: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Coalescer(Flush(), max_batch=bounds[0], max_waiting=bounds[1], in_flight=bounds[2])


async def test_it_costs_little(flush: Flush) -> None:
    coalescer = Coalescer(flush, max_batch=500, max_waiting=1000)

    async def caller() -> None:
        for item in range(20, 40):
            await coalescer.submit(item)

    def used_s() -> float:
        return time.thread_time()

    started_s = used_s()
    await asyncio.gather(*(caller() for _ in range(500)))
    assert (used_s() - started_s) / 10_000 * 1e6 < MAX_US_PER_ITEM
