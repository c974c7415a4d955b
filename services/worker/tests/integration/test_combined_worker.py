"""The combined worker as a process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import LiteralString

import pytest
import pytest_asyncio

from gateway_core.db.pool import create_pool
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import Processes, ServiceProcess
from gateway_core.testing.rows import Rows

pytestmark = [pytest.mark.integration, pytest.mark.e2e]

QUEUES: LiteralString = "SELECT queue FROM worker_heartbeats ORDER BY queue"


@pytest_asyncio.fixture
async def rows(database_url: str) -> AsyncIterator[Rows]:
    async with create_pool(database_url, size=2, application_name="test") as pool:
        yield Rows(pool)


def start(processes: Processes, database_url: str, redis_url: str, **chosen: str) -> ServiceProcess:
    connections = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    quick = {"GATEWAY_ENV": "local", "METRICS_PORT": "0", "TEST_MODE": "true", "TEST_PROCESSING_DELAY": "10"}
    return processes.start("worker", env={**connections, **quick, **chosen})


async def test_all_three_queues_are_served_by_one_process(
    rows: Rows, processes: Processes, database_url: str, redis_url: str
) -> None:
    worker = start(processes, database_url, redis_url)
    payment_ids = [await rows.payment()]

    async def served() -> bool:
        assert await rows.values(QUEUES) == ["payment-processing", "refund-processing", "webhook-delivery"]
        assert await rows.statuses(payment_ids) == ["success"]
        assert await rows.one("SELECT count(*) FROM events WHERE fanned_out_at IS NULL") == 0
        return True

    await eventually(served)
    assert await worker.stop() == 0, worker.output
    assert await rows.values(QUEUES) == []


async def test_queue_type_limits_the_process_to_one(
    rows: Rows, processes: Processes, database_url: str, redis_url: str
) -> None:
    worker = start(processes, database_url, redis_url, QUEUE_TYPE="webhooks")

    async def alone() -> bool:
        return await rows.values(QUEUES) == ["webhook-delivery"]

    await eventually(alone)
    assert await worker.stop() == 0, worker.output


async def test_an_unknown_queue_type_is_one_clear_line(
    processes: Processes, database_url: str, redis_url: str
) -> None:
    worker = start(processes, database_url, redis_url, QUEUE_TYPE="emails")
    assert await worker.wait() == 78
    assert worker.output.count("\n") == 1
    assert "QUEUE_TYPE" in worker.output
