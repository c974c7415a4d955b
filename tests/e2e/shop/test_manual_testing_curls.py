"""Every curl of the seed's "Manual Testing" and "Verify Setup" sections, run as it stands, answers as it says."""

from __future__ import annotations

from typing import Any

from gateway_core.testing.factories import eventually
from tests.e2e.published_curls import (
    CHECK_PAYMENT,
    CREATE_ORDER,
    CREATE_PAYMENT,
    IDEMPOTENT_PAYMENT,
    WEBHOOK_LOGS,
    run_curl,
)
from tests.e2e.stack import Stack


async def curl(stack: Stack, command: str, **ids: str) -> Any:
    """What a published command prints against ``stack``."""
    return await run_curl(command, stack.gateway.url, **ids)


async def test_an_order_a_payment_and_its_status(shop: Stack) -> None:
    order = await curl(shop, CREATE_ORDER)
    assert order["id"].startswith("order_")
    assert (order["amount"], order["currency"], order["receipt"]) == (50000, "INR", "receipt_123")
    payment = await curl(shop, CREATE_PAYMENT, order_xxx=order["id"])
    assert (payment["order_id"], payment["amount"], payment["status"]) == (order["id"], 50000, "pending")

    async def processed() -> bool:
        public = await curl(shop, CHECK_PAYMENT, pay_abc123xyz=payment["id"])
        assert public["id"] == payment["id"]
        return public["status"] in {"success", "failed"}

    await eventually(processed)

    async def logged() -> bool:
        logs = await curl(shop, WEBHOOK_LOGS)
        assert set(logs) == {"data", "total", "limit", "offset"}
        assert (logs["limit"], logs["offset"]) == (10, 0)
        return {"payment.success"} <= {log["event"] for log in logs["data"] if log["status"] == "success"}

    await eventually(logged)


async def test_the_same_idempotency_key_gives_the_same_payment(shop: Stack) -> None:
    order = await curl(shop, CREATE_ORDER)
    first = await curl(shop, IDEMPOTENT_PAYMENT, order_123=order["id"])
    second = await curl(shop, IDEMPOTENT_PAYMENT, order_123=order["id"])
    assert first == second
    another = await curl(shop, CREATE_ORDER)
    other = await curl(shop, IDEMPOTENT_PAYMENT, order_123=another["id"], test_idempotency_1="another_key")
    assert other["status"] == "pending"
    assert other["id"] != first["id"]


async def test_the_setup_can_be_verified(shop: Stack) -> None:
    health = await curl(shop, "curl http://localhost:8000/health")
    assert (health["status"], health["database"], health["redis"]) == ("healthy", "connected", "connected")
    assert health["worker"] == "running"
    merchant = await curl(shop, "curl http://localhost:8000/api/v1/test/merchant")
    assert merchant == {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "seeded": True,
    }
    jobs = await curl(shop, "curl http://localhost:8000/api/v1/test/jobs/status")
    assert set(jobs) == {"pending", "processing", "completed", "failed", "worker_status"}
    assert jobs["worker_status"] == "running"
    assert "Payment Gateway API" in (await curl(shop, "curl http://localhost:8000/"))["name"]
