"""A worker's other tasks: its heartbeat, gauges without false zeros, and the purge of expired keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from gateway_core.db.pool import Pool, create_pool, transaction
from gateway_core.db.queries import heartbeats
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.streams.names import Stream
from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.rows import Rows
from gateway_core.worker.due_loop import Bounds, DueLoop
from gateway_core.worker.heartbeat import Heartbeat
from gateway_core.worker.housekeeping import Chore, chores, keep_house, purge

pytestmark = pytest.mark.integration

QUEUE = Stream.REFUNDS


class Idle:
    """Work that never comes."""

    async def claim(self, limit: int) -> Sequence[object]:
        return []

    async def process(self, rows: Sequence[object]) -> None:
        """Nothing to do."""

    async def next_due_in_s(self) -> float | None:
        return None


def heart(pool: Pool, worker_id: str) -> Heartbeat:
    return Heartbeat(pool, worker_id, [DueLoop(QUEUE, Idle(), Bounds())])


def backlog(pool: Pool) -> Chore:
    return next(chore for chore in chores(pool, lambda: None) if chore.name == "backlog")


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(work)
    yield task
    assert not task.done()
    task.cancel()
    await asyncio.wait([task])


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"gateway_{name}", {"queue": QUEUE})


async def live(pool: Pool) -> dict[str, int]:
    async with transaction(pool) as conn:
        return await heartbeats.live_queues(conn)


async def test_a_heartbeat_comes_again_and_goes_with_its_worker(pool: Pool, rows: Rows) -> None:
    beat = "SELECT beat_at FROM worker_heartbeats WHERE worker_id = 'w1'"

    async def first_beat() -> datetime | None:
        return next(iter(await rows.values(beat)), None)

    async with in_background(heart(pool, "w1").run()):
        first = await eventually(first_beat)
        async with in_background(heart(pool, "w2").run()):
            await eventually(lambda: alive(pool, 2))

        async def another_beat() -> bool:
            return bool(await rows.one(beat) > first)

        await eventually(another_beat, timeout_s=2 * heartbeats.BEAT_EVERY_S)
        assert await live(pool) == {QUEUE: 1}
    assert await rows.values(beat) == []


async def alive(pool: Pool, workers: int) -> bool:
    return await live(pool) == {QUEUE: workers}


async def test_a_worker_that_is_gone_is_not_counted_and_at_last_forgotten(pool: Pool, rows: Rows) -> None:
    for worker_id, age_s in (
        ("gone", heartbeats.ALIVE_WITHIN_S + 1),
        ("long gone", heartbeats.FORGET_AFTER_S + 1),
    ):
        await rows.run(
            "INSERT INTO worker_heartbeats (worker_id, queue, beat_at)"
            " VALUES (%s, 'q', now() - make_interval(secs => %s))",
            (worker_id, age_s),
        )
    assert await live(pool) == {}
    async with transaction(pool) as conn:
        await heartbeats.beat(conn, "new", {QUEUE: 7})
    found = await rows.read("SELECT worker_id, in_flight FROM worker_heartbeats ORDER BY worker_id")
    assert found == [{"worker_id": "gone", "in_flight": 0}, {"worker_id": "new", "in_flight": 7}]


async def test_a_heart_beats_on_when_the_database_is_away() -> None:
    pool = create_pool(f"postgresql://u:p@127.0.0.1:{free_port()}/d", size=1, application_name="test")
    async with in_background(heart(pool, "w").run()) as task:
        done, _ = await asyncio.wait([task], timeout=0.3)
        assert not done
    assert task.cancelled()


async def test_one_process_leads_and_another_takes_over_when_it_stops(pool: Pool) -> None:
    first, second = heart(pool, "w1"), heart(pool, "w2")
    assert not first.leads()
    async with in_background(second.run()):
        await eventually(second.leads)
        async with in_background(first.run()):
            await eventually(lambda: (first.leads(), second.leads()) == (True, False))
        assert not first.leads()
        await eventually(second.leads)


async def test_the_leader_does_a_chore_and_the_others_hand_it_over() -> None:
    told: list[str] = []
    leads = False

    async def do() -> None:
        told.append("done")

    chore = Chore("test", 0.01, do, lambda: told.append("handed over"))
    async with in_background(keep_house(chore, lambda: leads)):
        await eventually(lambda: told == ["handed over"])
        leads = True
        await eventually(lambda: "done" in told)


async def test_gauges_show_what_is_due(pool: Pool, rows: Rows) -> None:
    first, *_ = await rows.refunds(*await rows.paid(3))
    await rows.run("UPDATE refunds SET next_attempt_at = now() + interval '1 hour' WHERE id = %s", (first,))
    await backlog(pool).run()
    assert (gauge("queue_due_backlog"), gauge("queue_scheduled")) == (2, 1)
    assert 0 < (gauge("queue_oldest_due_age_seconds") or 0) < 30


async def test_gauges_are_withdrawn_when_they_cannot_be_read(pool: Pool) -> None:
    await backlog(pool).run()
    assert gauge("queue_due_backlog") == 0
    nowhere = create_pool(f"postgresql://u:p@127.0.0.1:{free_port()}/d", size=1, application_name="test")
    nowhere.timeout = 0.1
    async with nowhere, in_background(keep_house(backlog(nowhere), lambda: True)):
        await eventually(lambda: gauge("queue_due_backlog") is None)
        assert gauge("queue_oldest_due_age_seconds") is None


async def test_expired_idempotency_keys_go_and_live_ones_stay(pool: Pool, rows: Rows) -> None:
    await rows.merchant()
    await rows.run(
        "INSERT INTO idempotency_keys (key, merchant_id, fingerprint, status_code, response, expires_at)"
        " SELECT n, id, '', 201, '{}', now() + (CASE WHEN n > 5 THEN 1 ELSE 0 END) * interval '1 minute'"
        " FROM merchants, generate_series(1, 7) n"
    )

    await purge(pool, batch=2)
    assert await rows.values("SELECT key FROM idempotency_keys ORDER BY key") == ["6", "7"]


async def test_sessions_that_ended_and_old_failures_to_sign_in_go(pool: Pool, rows: Rows) -> None:
    await rows.merchant()
    await rows.run(
        "INSERT INTO sessions (token_sha256, merchant_id, expires_at)"
        " SELECT sha256(n::text::bytea), id, now() + (CASE WHEN n > 3 THEN 1 ELSE -1 END) * interval '1 minute'"
        " FROM merchants, generate_series(1, 4) n"
    )
    await rows.run(
        "INSERT INTO sign_in_failures (subject, last_failed_at)"
        " SELECT sha256(n::text::bytea),"
        " now() - interval '24 hours' + (CASE WHEN n > 3 THEN 1 ELSE -1 END) * interval '1 minute'"
        " FROM generate_series(1, 4) n"
    )
    await purge(pool, batch=2)
    assert await rows.one("SELECT count(*) FROM sessions") == 1
    assert await rows.one("SELECT count(*) FROM sign_in_failures") == 1
