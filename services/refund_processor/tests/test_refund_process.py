"""The real process on real servers."""

from __future__ import annotations

import pytest

from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.processes import Processes
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.e2e


async def test_it_works_on_refunds_and_on_nothing_else(
    processes: Processes, database_url: str, redis_url: str, rows: Rows
) -> None:
    payment_ids = await rows.paid(20)
    await rows.refunds(*payment_ids)
    untouched = await rows.payment()
    port = free_port()
    worker = processes.start(
        "refund_processor",
        env={
            "GATEWAY_ENV": "local",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "METRICS_PORT": str(port),
            "TEST_MODE": "true",
            "TEST_PROCESSING_DELAY": "50",
        },
    )
    await worker.healthy(f"http://127.0.0.1:{port}/readyz")

    async def all_processed() -> bool:
        return bool(await rows.one("SELECT count(*) FROM refunds WHERE status = 'processed'") == 20)

    await eventually(all_processed)
    assert await rows.values("SELECT queue FROM worker_heartbeats") == ["refund-processing"]
    assert await worker.stop() == 0, worker.output
    assert await rows.values("SELECT queue FROM worker_heartbeats") == []
    assert await rows.statuses([untouched]) == ["pending"]
    assert await rows.violations() == {}
    assert "ERROR" not in worker.output
