"""The due loop on a queue in memory: when it claims, how many rows, and that only a stop ends it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psycopg
import pytest

from gateway_core.testing.factories import DEADLINE_S, eventually
from gateway_core.worker.due_loop import MAX_SLEEP_S, MIN_SLEEP_S, Bounds, DueLoop

PROMPT_S = MAX_SLEEP_S / 2
"""Sooner than the sweep could explain."""


class Queue:
    """Rows in memory. ``may_claim`` and ``may_process`` are open gates that a test can close."""

    def __init__(self) -> None:
        self.due: list[int] = []
        self.due_in_s: float | None = None
        self.limits: list[int] = []
        self.claimed_at_s: list[float] = []
        self.committed_claims = 0
        self.started: list[list[int]] = []
        self.finished: list[list[int]] = []
        self.looks = 0
        self.claim_errors: list[Exception] = []
        self.process_errors: list[Exception] = []
        self.look_errors: list[Exception] = []
        self.on_claimed: Callable[[], None] = lambda: None
        self.on_processed: Callable[[], None] = lambda: None
        self.may_claim = asyncio.Event()
        self.may_process = asyncio.Event()
        self.may_claim.set()
        self.may_process.set()

    async def claim(self, limit: int) -> Sequence[int]:
        self.limits.append(limit)
        self.claimed_at_s.append(time.monotonic())
        rows, self.due = self.due[:limit], self.due[limit:]
        await self.may_claim.wait()
        if self.claim_errors:
            raise self.claim_errors.pop(0)
        self.committed_claims += 1
        self.on_claimed()
        return rows

    async def process(self, rows: Sequence[int]) -> None:
        self.started.append(list(rows))
        await self.may_process.wait()
        await asyncio.sleep(0)
        if self.process_errors:
            raise self.process_errors.pop(0)
        self.finished.append(list(rows))
        self.on_processed()

    async def next_due_in_s(self) -> float | None:
        self.looks += 1
        if self.look_errors:
            raise self.look_errors.pop(0)
        return 0.0 if self.due else self.due_in_s

    @property
    def processed(self) -> list[int]:
        return sorted(row for chunk in self.finished for row in chunk)


class Running:
    """A loop in the background."""

    def __init__(self, loop: DueLoop[int]) -> None:
        self.loop = loop
        self.stopping = asyncio.Event()
        self.task = asyncio.create_task(loop.run(self.stopping))

    async def stop(self) -> None:
        self.stopping.set()
        async with asyncio.timeout(DEADLINE_S):
            await self.task


Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def start(queue: Queue) -> Start:
    """``async with start(batch=2) as running:`` a loop on ``queue``; it must survive until the block ends."""

    @asynccontextmanager
    async def running(**bounds: float) -> AsyncIterator[Running]:
        started = Running(DueLoop("test", queue, Bounds(**{"min_round_s": 0, **bounds})))  # type: ignore[arg-type]
        yield started
        queue.may_claim.set()
        queue.may_process.set()
        await started.stop()

    return running


async def asleep(queue: Queue) -> None:
    """The loop has found nothing more to do and begun to wait."""
    await eventually(lambda: queue.looks > 0, every_s=0.001)
    await asyncio.sleep(0)


async def test_what_is_due_is_processed(queue: Queue, start: Start) -> None:
    queue.due = [1, 2, 3]
    async with start():
        await eventually(lambda: queue.processed == [1, 2, 3])


async def test_a_wake_does_not_wait(queue: Queue, start: Start) -> None:
    async with start() as running:
        await asleep(queue)
        queue.due = [1]
        woken_s = time.monotonic()
        running.loop.wake()
        await eventually(lambda: queue.processed == [1], every_s=0.001)
        assert time.monotonic() - woken_s < PROMPT_S


async def test_a_wake_during_a_claim_is_followed_by_another_claim(queue: Queue, start: Start) -> None:
    """The running claim's snapshot may be older than the row that the wake is about."""
    queue.may_claim.clear()
    async with start() as running:
        await eventually(lambda: len(queue.limits) == 1)
        queue.due = [7]
        running.loop.wake()
        queue.may_claim.set()
        await eventually(lambda: queue.processed == [7], timeout_s=PROMPT_S)


async def test_wakes_at_once_share_a_claim(queue: Queue, start: Start) -> None:
    async with start(min_round_s=MIN_SLEEP_S) as running:
        await asleep(queue)
        before = queue.committed_claims
        for _ in range(50):
            running.loop.wake()
        await asyncio.sleep(3 * MIN_SLEEP_S)
        assert queue.committed_claims - before <= 2


async def test_it_claims_by_batches_and_processes_by_chunks_at_once(queue: Queue, start: Start) -> None:
    queue.due = list(range(12))
    queue.may_process.clear()
    async with start(batch=10, chunk=4, max_in_flight=100) as running:
        await eventually(lambda: running.loop.in_flight == 12)
        await eventually(lambda: len(queue.started) == 4)
        assert queue.started == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [10, 11]]
        assert queue.finished == []
        assert queue.limits[:2] == [10, 10]


async def test_a_full_batch_is_followed_by_the_next_without_a_pause(queue: Queue, start: Start) -> None:
    queue.due = list(range(100))
    started_s = time.monotonic()
    async with start(batch=10, max_in_flight=1000):
        await eventually(lambda: len(queue.processed) == 100, every_s=0.001)
    assert time.monotonic() - started_s < PROMPT_S


async def test_no_more_is_claimed_than_may_be_in_flight(queue: Queue, start: Start) -> None:
    queue.due = list(range(20))
    queue.may_process.clear()
    async with start(batch=4, chunk=2, max_in_flight=6) as running:
        await eventually(lambda: running.loop.in_flight == 6)
        running.loop.wake()
        await asyncio.sleep(3 * MIN_SLEEP_S)
        assert queue.limits == [4, 2]
        queue.may_process.set()
        await eventually(lambda: len(queue.processed) == 20, timeout_s=PROMPT_S)
        assert running.loop.in_flight == 0
    assert max(queue.limits) == 4


async def test_it_sleeps_until_the_next_row_is_due(queue: Queue, start: Start) -> None:
    queue.due_in_s = 0.15
    async with start():
        await eventually(lambda: len(queue.claimed_at_s) >= 3)
    gaps_s = [
        later - sooner for sooner, later in zip(queue.claimed_at_s, queue.claimed_at_s[1:], strict=False)
    ]
    assert all(0.14 < gap_s < 0.4 for gap_s in gaps_s[:2])


@pytest.mark.parametrize("due_in_s", [None, 3600.0])
async def test_it_looks_once_a_second_and_claims_only_what_is_there(
    queue: Queue, start: Start, due_in_s: float | None
) -> None:
    queue.due_in_s = due_in_s
    async with start():
        await asyncio.sleep(2.5 * MAX_SLEEP_S)
        assert (len(queue.limits), queue.looks) == (1, 3)
        queue.due = [1]
        await eventually(lambda: queue.processed == [1], timeout_s=2 * MAX_SLEEP_S)


async def test_rows_that_are_due_but_cannot_be_claimed_do_not_spin_it(queue: Queue, start: Start) -> None:
    queue.due_in_s = 0.0
    async with start():
        await asyncio.sleep(10 * MIN_SLEEP_S)
    assert 2 <= len(queue.limits) <= 12


async def test_rounds_keep_their_distance_however_often_it_is_woken(queue: Queue, start: Start) -> None:
    async with start(min_round_s=0.05) as running:
        for _ in range(100):
            running.loop.wake()
            await asyncio.sleep(0.004)
    gaps_s = [
        later - sooner for sooner, later in zip(queue.claimed_at_s, queue.claimed_at_s[1:], strict=False)
    ]
    assert len(gaps_s) >= 5
    assert min(gaps_s) > 0.045


async def test_what_processing_makes_due_soon_is_not_slept_over(queue: Queue, start: Start) -> None:
    """The sleep was chosen while the rows were leased: their next due time comes with their record."""

    def schedule() -> None:
        queue.on_processed = lambda: None
        queue.due_in_s = 0.05
        asyncio.get_running_loop().call_later(0.05, lambda: queue.due.append(2))

    queue.due = [1]
    queue.may_process.clear()
    async with start():
        await asleep(queue)
        queue.on_processed = schedule
        scheduled_s = time.monotonic()
        queue.may_process.set()
        await eventually(lambda: queue.processed == [1, 2], every_s=0.001)
        assert time.monotonic() - scheduled_s < PROMPT_S


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), RuntimeError("a bug")])
async def test_a_failing_claim_is_waited_out(
    queue: Queue, start: Start, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    queue.claim_errors = [error]
    queue.due_in_s = 0.0
    async with start():
        await eventually(lambda: queue.committed_claims == 1)
    first_s, second_s = queue.claimed_at_s[:2]
    assert second_s - first_s >= MAX_SLEEP_S * 0.95
    (record,) = [record for record in caplog.records if "claim" in record.getMessage()]
    assert record.levelno == (logging.WARNING if isinstance(error, psycopg.Error) else logging.ERROR)


@pytest.mark.parametrize("error", [psycopg.OperationalError("gone"), RuntimeError("a bug")])
async def test_a_failing_look_at_the_next_due_time_is_waited_out(
    queue: Queue, start: Start, error: Exception
) -> None:
    queue.look_errors = [error]
    async with start() as running:
        await asleep(queue)
        queue.due = [1]
        await eventually(lambda: queue.processed == [1], timeout_s=2 * MAX_SLEEP_S)
        assert not running.task.done()


async def test_a_failing_chunk_takes_no_other_with_it(queue: Queue, start: Start) -> None:
    queue.due = list(range(6))
    queue.process_errors = [RuntimeError("a bug")]
    async with start(chunk=2) as running:
        await eventually(lambda: queue.processed == [2, 3, 4, 5])
        await eventually(lambda: running.loop.in_flight == 0)
        queue.due = [9]
        running.loop.wake()
        await eventually(lambda: 9 in queue.processed)


async def test_a_stop_finishes_what_is_in_flight_and_claims_no_more(queue: Queue, start: Start) -> None:
    queue.due = [1, 2]
    queue.may_process.clear()
    async with start() as running:
        await eventually(lambda: queue.started == [[1, 2]])
        queue.due = [3]
        running.stopping.set()
        await asyncio.sleep(3 * MIN_SLEEP_S)
        assert not running.task.done()
        queue.may_process.set()
        await asyncio.wait_for(running.task, PROMPT_S)
    assert (queue.processed, queue.due) == ([1, 2], [3])


async def test_a_stop_ends_the_sleep_at_once(queue: Queue, start: Start) -> None:
    async with start() as running:
        await asleep(queue)
        stopped_s = time.monotonic()
        await running.stop()
        assert time.monotonic() - stopped_s < PROMPT_S


async def test_a_cancelled_loop_cancels_its_chunks(queue: Queue) -> None:
    queue.due = [1]
    queue.may_process.clear()
    running = Running(DueLoop("test", queue, Bounds(max_in_flight=1)))
    await eventually(lambda: queue.started == [[1]])
    running.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running.task
    await eventually(lambda: running.loop.in_flight == 0)
    assert queue.finished == []
