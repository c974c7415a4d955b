"""The real process on real servers: it starts, reports its health, stops, and survives outages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiohttp
import pytest

from devstack.servers import Server
from gateway_core.db.pool import Pool, create_pool
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import Publisher
from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.processes import Processes, ServiceProcess
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.e2e

STOP_PROMPT_S = 5.0
"""Far less than the grace: nothing was left to be cancelled."""
SLOW_BANK = {"TEST_PROCESSING_DELAY": "600"}
GAUGES = (
    'gateway_queue_due_backlog{queue="payment-processing"}',
    'gateway_queue_oldest_due_age_seconds{queue="payment-processing"}',
    'gateway_queue_scheduled{queue="payment-processing"}',
    'gateway_worker_in_flight{queue="payment-processing"}',
)


class Worker:
    """``python -m payment_processor``."""

    def __init__(
        self, processes: Processes, database_url: str, redis_url: str, env: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.process: ServiceProcess = processes.start(
            "payment_processor",
            env={
                "GATEWAY_ENV": "local",
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "METRICS_PORT": str(self.port),
                "TEST_MODE": "true",
                "TEST_PROCESSING_DELAY": "20",
                **(env or {}),
            },
        )

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def ready(self) -> None:
        await self.process.healthy(self.url("/readyz"))

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.url(path)) as response:
            return response.status, await response.text()

    async def metrics(self) -> dict[str, float]:
        _, text = await self.get("/metrics")
        lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}


async def settled(rows: Rows, count: int, *, timeout_s: float = 15) -> None:
    async def all_settled() -> bool:
        assert await rows.one("SELECT count(*) FROM payments WHERE status = 'success'") == count
        return True

    await eventually(all_settled, timeout_s=timeout_s)


async def heartbeats(rows: Rows) -> list[str]:
    return await rows.values("SELECT queue FROM worker_heartbeats")


async def test_it_works_shows_itself_and_stops_cleanly(
    processes: Processes, database_url: str, redis_url: str, pool: Pool, rows: Rows
) -> None:
    order_ids = await rows.orders(50)
    await rows.run(
        "INSERT INTO idempotency_keys (key, merchant_id, fingerprint, status_code, response, expires_at)"
        " SELECT 'expired', id, '', 201, '{}', now() FROM merchants"
    )
    worker = Worker(processes, database_url, redis_url)
    await worker.ready()
    await rows.payments(*order_ids)
    await settled(rows, 50)
    assert await rows.one("SELECT count(*) FROM idempotency_keys") == 0
    assert await heartbeats(rows) == ["payment-processing"]
    metrics = await worker.metrics()
    assert [gauge for gauge in GAUGES if gauge not in metrics] == []
    assert metrics['gateway_acquirer_answers_total{answer="Approved",kind="payments"}'] == 50
    assert metrics['gateway_build_info{component="payment_processor",version="0.1.0"}'] == 1

    stopped_s = time.monotonic()
    assert await worker.process.stop() == 0, worker.process.output
    assert time.monotonic() - stopped_s < STOP_PROMPT_S
    assert await heartbeats(rows) == []
    assert await rows.violations() == {}
    assert "ERROR" not in worker.process.output


async def test_it_stops_promptly_while_wake_ups_pour_in(
    processes: Processes, database_url: str, redis_url: str, rows: Rows
) -> None:
    worker = Worker(processes, database_url, redis_url)
    await worker.ready()
    event = EventRef(type="payment.created", subject_id="pay_nobodysknowsthisone")

    async def pour() -> None:
        async with Publisher(redis_url) as publisher:
            while worker.process.exit_code is None:
                await publisher.publish({Stream.PAYMENTS: WakeUp(events=[event] * 20)})
                await asyncio.sleep(0.005)

    pouring = asyncio.create_task(pour())
    await rows.payments(*await rows.orders(20))
    await settled(rows, 20)
    stopped_s = time.monotonic()
    assert await worker.process.stop() == 0, worker.process.output
    assert time.monotonic() - stopped_s < STOP_PROMPT_S
    assert await heartbeats(rows) == []
    await pouring
    assert "ERROR" not in worker.process.output


async def test_a_stop_leaves_payments_in_their_delay_to_the_next_worker(
    processes: Processes, database_url: str, redis_url: str, rows: Rows
) -> None:
    await rows.payments(*await rows.orders(100))
    first = Worker(processes, database_url, redis_url, SLOW_BANK)
    await eventually(lambda: booked(rows, 100))
    assert await first.process.stop() == 0
    assert "processing" in await rows.values("SELECT DISTINCT status FROM payments")
    Worker(processes, database_url, redis_url, SLOW_BANK)
    await settled(rows, 100)
    assert await rows.values("SELECT DISTINCT submissions FROM simulator_charges") == [1]
    assert await rows.violations() == {}


async def booked(rows: Rows, count: int) -> bool:
    return bool(await rows.one("SELECT count(*) FROM simulator_charges") == count)


async def test_after_a_kill_another_worker_finishes_everything(
    processes: Processes, database_url: str, redis_url: str, rows: Rows
) -> None:
    doomed = Worker(processes, database_url, redis_url, SLOW_BANK)
    other = Worker(processes, database_url, redis_url, SLOW_BANK)
    await asyncio.gather(doomed.ready(), other.ready())
    for order_ids in [await rows.orders(50) for _ in range(4)]:
        await rows.payments(*order_ids)
    await eventually(lambda: rows.one("SELECT EXISTS (SELECT FROM simulator_charges)"), every_s=0.002)
    doomed.process.kill()
    # The bank's delay is over long before a lease: what is due later than that was in the dead one's hands.
    await rows.run(
        "UPDATE payments SET next_attempt_at = now() WHERE next_attempt_at > now() + interval '2 s'"
    )
    await settled(rows, 200)
    assert await rows.violations() == {}
    assert other.process.exit_code is None


async def test_without_redis_it_settles_all_the_same_and_listens_later(
    processes: Processes, database_url: str, rows: Rows, private_redis: Server
) -> None:
    await asyncio.to_thread(private_redis.stop)
    worker = Worker(processes, database_url, private_redis.url)
    await worker.process.healthy(worker.url("/healthz"))
    await rows.payments(*await rows.orders(10))
    await settled(rows, 10)
    assert await rows.one("SELECT count(*) FROM events WHERE published_at IS NULL") > 0
    status, body = await worker.get("/readyz")
    assert (status, '"streams":"failed"' in body) == (503, True)

    await asyncio.to_thread(private_redis.start)
    await worker.ready()

    async def all_published() -> bool:
        return bool(await rows.one("SELECT count(*) FROM events WHERE published_at IS NULL") == 0)

    await eventually(all_published)
    assert await worker.process.stop() == 0


async def test_it_outlives_a_database_that_is_away_at_the_start_and_later(
    processes: Processes, private_postgres: Server, redis_url: str
) -> None:
    await asyncio.to_thread(private_postgres.stop)
    worker = Worker(processes, private_postgres.url, redis_url)
    await worker.process.healthy(worker.url("/healthz"))
    status, body = await worker.get("/readyz")
    assert (status, '"database":"ok"' in body) == (503, False)

    await asyncio.to_thread(private_postgres.start)
    await worker.ready()
    async with create_pool(private_postgres.url, size=2, application_name="test") as pool:
        rows = Rows(pool)
        await rows.payments(*await rows.orders(10))
        await settled(rows, 10)

        await asyncio.to_thread(private_postgres.restart)
        await pool.drain()
        await rows.payments(*await rows.orders(10))
        await settled(rows, 20)
        await worker.ready()
        assert await worker.process.stop() == 0, worker.process.output
        assert await rows.violations() == {}
