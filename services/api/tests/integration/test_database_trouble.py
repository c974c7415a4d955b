"""PostgreSQL away, slow or full: 503 with Retry-After, and all is well once it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from gateway_core.db import pool as pool_module
from gateway_core.db.pool import Pool, create_pool, transaction
from gateway_core.testing.factories import eventually
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    import httpx
    from tests.conftest import Gateway

    from devstack.servers import Server

pytestmark = pytest.mark.integration

UPI = {"method": "upi", "vpa": "user@paytm"}


@pytest_asyncio.fixture
async def fragile(
    private_postgres: Server, gateway_on: Callable[[str, Pool, Rows], Awaitable[Gateway]]
) -> AsyncIterator[Gateway]:
    """A gateway on a PostgreSQL of its own."""
    async with (
        create_pool(private_postgres.url, size=4, application_name="test") as pool,
        await gateway_on(private_postgres.url, pool, Rows(pool)) as running,
    ):
        yield running


def assert_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["retry-after"] == "1"
    assert response.json() == {
        "error": {"code": "SERVICE_UNAVAILABLE", "description": "Service temporarily unavailable"}
    }


async def test_without_the_database_everything_is_503_and_recovers_by_itself(
    fragile: Gateway, private_postgres: Server
) -> None:
    order = await fragile.order()
    await asyncio.to_thread(private_postgres.stop)
    for response in (
        await fragile.post("/api/v1/payments", {"order_id": order["id"], **UPI}, key="k"),
        await fragile.get(f"/api/v1/orders/{order['id']}"),
        await fragile.get("/api/v1/payments"),
        await fragile.get(f"/api/v1/orders/{order['id']}/public", headers={}),
    ):
        assert_unavailable(response)
    health = await fragile.get("/health")
    assert (health.status_code, health.json()["status"], health.json()["database"]) == (
        503,
        "unhealthy",
        "disconnected",
    )
    await asyncio.to_thread(private_postgres.start)

    async def served() -> bool:
        answer = await fragile.post("/api/v1/payments", {"order_id": order["id"], **UPI}, key="k")
        return answer.status_code == 201

    await eventually(served)
    assert (await fragile.get("/health")).status_code == 200
    assert await fragile.rows.one("SELECT count(*) FROM payments") == 1


async def test_a_crash_of_the_database_amid_many_requests_loses_and_doubles_nothing(
    fragile: Gateway, private_postgres: Server
) -> None:
    body = {"order_id": (await fragile.order())["id"], **UPI}
    refused = 0

    async def until_created(key: str) -> bytes:
        nonlocal refused
        while True:
            response = await fragile.post("/api/v1/payments", body, key=key)
            if response.status_code == 201:
                return response.content
            assert response.status_code in (409, 503), response.text
            refused += 1
            await asyncio.sleep(0.02)

    async def client(number: int) -> list[bytes]:
        return [await until_created(f"key {number} {each}") for each in range(20)]

    clients = [asyncio.create_task(client(number)) for number in range(20)]
    await asyncio.sleep(0.1)
    await asyncio.to_thread(private_postgres.kill)
    await asyncio.to_thread(private_postgres.start)
    async with asyncio.timeout(30):
        contents = [content for each in await asyncio.gather(*clients) for content in each]
    assert refused > 0
    assert len(set(contents)) == 400
    assert await fragile.rows.one("SELECT count(*) FROM payments") == 400
    assert await fragile.rows.violations() == {}


async def test_when_every_connection_is_taken_callers_are_told_to_come_back(
    fragile: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fragile.pool, "timeout", 0.1)
    async with (
        transaction(fragile.pool),
        transaction(fragile.pool),
        transaction(fragile.pool),
        transaction(fragile.pool),
    ):
        assert_unavailable(await fragile.get("/api/v1/payments"))
    assert (await fragile.get("/api/v1/payments")).status_code == 200


async def test_a_payment_that_stays_locked_is_503_not_for_ever(fragile: Gateway) -> None:
    assert pool_module.LOCK_TIMEOUT_MS <= 5000
    payment = await fragile.successful_payment()
    async with transaction(fragile.pool) as conn:
        await conn.execute("SELECT FROM payments FOR UPDATE")
        async with asyncio.timeout(pool_module.LOCK_TIMEOUT_MS / 1000 + 3):
            response = await fragile.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1}, key="k")
    assert_unavailable(response)
    again = await fragile.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 1}, key="k")
    assert again.status_code == 201
