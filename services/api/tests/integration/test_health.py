"""Health and the test endpoints (contract, Endpoints)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

QUEUES = ("payment-processing", "webhook-delivery", "refund-processing")


async def beat(gateway: Gateway, *queues: str) -> None:
    for queue in queues:
        await gateway.rows.run("INSERT INTO worker_heartbeats (worker_id, queue) VALUES ('w', %s)", (queue,))


async def test_the_root_says_what_answers(gateway: Gateway) -> None:
    assert (await gateway.get("/", headers={})).json()["name"] == "Payment Gateway API"


async def test_with_all_parts_there_it_is_healthy(gateway: Gateway) -> None:
    await beat(gateway, *QUEUES)
    response = await gateway.get("/health", headers={})
    assert response.status_code == 200
    report = response.json()
    assert report.pop("timestamp").endswith("Z")
    assert report == {"status": "healthy", "database": "connected", "redis": "connected", "worker": "running"}


async def test_redis_down_is_told_but_does_not_make_it_unhealthy(gateway: Gateway) -> None:
    gateway.redis_is_up = False
    response = await gateway.get("/health")
    assert (response.status_code, response.json()["status"], response.json()["redis"]) == (
        200,
        "healthy",
        "disconnected",
    )


@pytest.mark.parametrize("queues", [QUEUES[:0], QUEUES[:1], QUEUES[:2], QUEUES[1:]])
async def test_the_worker_runs_only_if_every_queue_has_one(gateway: Gateway, queues: tuple[str, ...]) -> None:
    await beat(gateway, *queues)
    assert (await gateway.get("/health")).json()["worker"] == "stopped"
    assert (await gateway.get("/api/v1/test/jobs/status")).json()["worker_status"] == "stopped"


async def test_a_worker_that_was_not_heard_of_lately_is_stopped(gateway: Gateway) -> None:
    await beat(gateway, *QUEUES)
    await gateway.rows.run(
        "UPDATE worker_heartbeats SET beat_at = now() - interval '1 minute' WHERE queue LIKE 'r%%'"
    )
    assert (await gateway.get("/health")).json()["worker"] == "stopped"


async def test_the_seeded_merchant_is_shown_without_any_secret(gateway: Gateway) -> None:
    response = await gateway.get("/api/v1/test/merchant", headers={})
    assert response.status_code == 200
    assert response.json() == {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "seeded": True,
    }


async def test_a_merchant_that_is_not_active_is_not_shown(gateway: Gateway) -> None:
    await gateway.rows.run("UPDATE merchants SET is_active = false")
    response = await gateway.get("/api/v1/test/merchant", headers={})
    assert (response.status_code, response.json()["error"]["description"]) == (404, "Merchant not found")


async def test_jobs_of_all_three_queues_are_counted(gateway: Gateway) -> None:
    empty = {"pending": 0, "processing": 0, "completed": 0, "failed": 0, "worker_status": "stopped"}
    assert (await gateway.get("/api/v1/test/jobs/status", headers={})).json() == empty
    await gateway.payment()
    paid = await gateway.successful_payment()
    await gateway.post(f"/api/v1/payments/{paid['id']}/refunds", {"amount": 1})
    await gateway.rows.run(
        """
        INSERT INTO webhook_logs (merchant_id, event, event_id, payload, status, next_retry_at, leased_until)
        SELECT merchant_id, type, id, '{}',
               (ARRAY['pending', 'pending', 'failed', 'success'])[row_number() OVER (ORDER BY id)],
               now() + interval '5 minutes',
               CASE row_number() OVER (ORDER BY id) WHEN 2 THEN now() + interval '1 minute' END
        FROM (SELECT * FROM events ORDER BY id LIMIT 4) e
        """
    )
    await beat(gateway, *QUEUES)
    assert (await gateway.get("/api/v1/test/jobs/status")).json() == {
        "pending": 3,
        "processing": 1,
        "completed": 2,
        "failed": 1,
        "worker_status": "running",
    }
