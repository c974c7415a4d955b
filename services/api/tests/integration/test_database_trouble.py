"""PostgreSQL away, slow or full: 503 with Retry-After, and all is well once it is back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psycopg
import pytest
import pytest_asyncio

from devstack.process import spawn
from gateway_core.db import pool as pool_module
from gateway_core.db.pool import REQUEST, Pool, create_pool, transaction
from gateway_core.testing.factories import DEADLINE_S, eventually
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    import httpx
    from tests.conftest import Gateway

    from devstack.servers import Server

pytestmark = pytest.mark.integration

CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'test' AND state <> 'idle' AND pid <> pg_backend_pid()
"""
CUT_WAITING = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'test' AND wait_event_type = 'Lock'
"""
LOCK: dict[str, LiteralString] = {
    "orders": "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE",
    "payments": "LOCK TABLE payments IN ACCESS EXCLUSIVE MODE",
    "refunds": "LOCK TABLE refunds IN ACCESS EXCLUSIVE MODE",
    "idempotency_keys": "LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE",
    "events": "LOCK TABLE events IN ACCESS EXCLUSIVE MODE",
}
SLACK_S = 5.0
"""A slow machine may take this long for what is not the wait."""
UPI = {"method": "upi", "vpa": "user@paytm"}


@pytest_asyncio.fixture
async def fragile(
    private_postgres: Server, gateway_on: Callable[[str, Pool, Rows], Awaitable[Gateway]]
) -> AsyncIterator[Gateway]:
    """A gateway on a PostgreSQL of its own."""
    async with (
        create_pool(private_postgres.url, size=4, application_name="test", patience=REQUEST) as pool,
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


async def test_sessions_cut_during_requests_are_503_never_500(
    fragile: Gateway, private_postgres: Server
) -> None:
    """Every kind of statement is cut: single ones, pipelines, transactions of one caller and shared ones."""
    order = await fragile.order()
    statuses: Counter[int] = Counter()

    async def client(number: int) -> None:
        for each in range(30):
            key = f"{number} {each}"
            created = await fragile.post("/api/v1/payments", {"order_id": order["id"], **UPI}, key=key)
            responses = [
                created,
                await fragile.post("/api/v1/orders", {"amount": 500}),
                await fragile.get("/api/v1/payments"),
                await fragile.get(f"/api/v1/orders/{order['id']}/public", headers={}),
                await fragile.get("/health"),
            ]
            if created.status_code == 201:
                payment_id = created.json()["id"]
                refund = {"amount": 100}
                responses.append(await fragile.post(f"/api/v1/payments/{payment_id}/refunds", refund))
                responses.append(await fragile.get(f"/api/v1/payments/{payment_id}"))
            for response in responses:
                statuses[response.status_code] += 1
                if response.status_code == 503 and "error" in response.json():
                    assert_unavailable(response)

    clients = asyncio.gather(*(client(number) for number in range(12)))
    async with await psycopg.AsyncConnection.connect(private_postgres.url, autocommit=True) as executioner:
        while not clients.done():
            await executioner.execute(CUT)
            await asyncio.sleep(0.01)
    await clients
    assert statuses[503] > 0
    assert statuses[201] > 0
    assert set(statuses) <= {200, 201, 400, 503}, statuses


async def test_sessions_cut_at_any_statement_of_a_pipeline_are_503(
    fragile: Gateway, private_postgres: Server
) -> None:
    """The lock of a table decides at which statement the session is cut."""
    payment, order = await fragile.successful_payment(), await fragile.order()
    calls: tuple[Callable[[], Awaitable[httpx.Response]], ...] = (
        lambda: fragile.post("/api/v1/payments", {"order_id": order["id"], **UPI}, key="p"),
        lambda: fragile.post(f"/api/v1/payments/{payment['id']}/refunds", {"amount": 100}, key="r"),
        lambda: fragile.post(f"/api/v1/payments/{payment['id']}/capture", {}),
        lambda: fragile.post("/api/v1/orders", {"amount": 500}),
        lambda: fragile.get("/api/v1/payments"),
    )
    cuts = 0
    for table in ("orders", "payments", "refunds", "idempotency_keys", "events"):
        for call in calls:
            async with await psycopg.AsyncConnection.connect(private_postgres.url) as conn:
                await conn.execute(LOCK[table])
                request = asyncio.ensure_future(call())
                while not request.done():
                    await conn.execute(CUT_WAITING)
                    await asyncio.sleep(0.01)
                response = await request
            assert response.status_code in (200, 201, 400, 503), response.text
            if response.status_code == 503:
                cuts += 1
                assert_unavailable(response)
    assert cuts > len(calls)


async def test_a_frozen_database_holds_no_request_for_more_than_five_seconds(
    fragile: Gateway, private_postgres: Server
) -> None:
    """More requests than connections, single and shared: the wait for a connection counts."""
    order = await fragile.order()
    await asyncio.gather(*(fragile.get("/api/v1/payments") for _ in range(8)))
    frozen = await _backends(private_postgres)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(REQUEST.answer_s + SLACK_S):
            responses = await asyncio.gather(
                *(fragile.get("/api/v1/payments") for _ in range(12)),
                *(fragile.post("/api/v1/orders", {"amount": 500}) for _ in range(12)),
                *(fragile.get(f"/api/v1/orders/{order['id']}/public", headers={}) for _ in range(12)),
            )
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert {response.status_code for response in responses} <= {200, 201, 503}
    assert 503 in {response.status_code for response in responses}


async def test_sessions_of_a_standby_are_left_behind_when_the_writer_is_back(
    fragile: Gateway, private_postgres: Server
) -> None:
    """The address leads to a read-only standby, which is promoted then: a failover as a proxy makes it."""
    order = await fragile.order()
    await asyncio.to_thread(private_postgres.stop)
    (private_postgres.data_dir / "standby.signal").touch()
    await asyncio.to_thread(private_postgres.start)
    await eventually(partial(_reads, fragile, order["id"]))
    for _ in range(10):
        assert_unavailable(await fragile.post("/api/v1/orders", {"amount": 500}))
    health = await fragile.get("/health")
    assert (health.status_code, health.json()["database"]) == (503, "disconnected")
    assert not await fragile.services.health.is_ready()
    await asyncio.to_thread(_promote, private_postgres)
    await eventually(fragile.services.health.is_ready)
    created = await asyncio.gather(*(fragile.post("/api/v1/orders", {"amount": 500}) for _ in range(30)))
    assert {response.status_code for response in created} == {201}
    assert (await fragile.get("/health")).status_code == 200


async def _reads(gateway: Gateway, order_id: str) -> bool:
    return (await gateway.get(f"/api/v1/orders/{order_id}")).status_code == 200


def _promote(server: Server) -> None:
    pg_ctl = Path(server.command[0]).with_name("pg_ctl")
    command: list[str | Path] = [pg_ctl, "promote", "--wait", "-D", server.data_dir]
    promoting = spawn(
        command, death_signal=signal.SIGKILL, cwd=server.data_dir, env={}, account=server.account
    )
    said, _ = promoting.communicate(timeout=DEADLINE_S)
    assert promoting.returncode == 0, said


async def _backends(server: Server) -> list[int]:
    async with await psycopg.AsyncConnection.connect(server.url) as conn:
        rows = await conn.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'test'")
        return [pid for (pid,) in await rows.fetchall()]
