"""``python -m api`` and ``gateway migrate`` as real processes."""

from __future__ import annotations

import asyncio
import signal

import aiohttp
import psycopg
import pytest

from gateway_core.testing.factories import DEADLINE_S, eventually, free_port
from gateway_core.testing.processes import Processes

pytestmark = pytest.mark.e2e

CREDENTIALS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
PRODUCTION_KEY = "k" * 40


def environment(database_url: str, redis_url: str, **more: str) -> dict[str, str]:
    return {
        "GATEWAY_ENV": "local",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PORT": str(free_port()),
        "METRICS_PORT": str(free_port()),
        **more,
    }


async def started(processes: Processes, env: dict[str, str]) -> str:
    """The base URL of an API that answers."""
    url = f"http://127.0.0.1:{env['PORT']}"
    await processes.start("api", env=env).healthy(f"{url}/health")
    return url


async def migrated(processes: Processes, env: dict[str, str]) -> int:
    return await processes.start("gateway_cli", "migrate", env=env).wait()


async def test_migrate_seeds_and_the_api_serves_and_stops(
    processes: Processes, database_url: str, redis_url: str
) -> None:
    env = environment(database_url, redis_url)
    assert await migrated(processes, env) == 0
    assert await migrated(processes, env) == 0
    url = f"http://127.0.0.1:{env['PORT']}"
    api = processes.start("api", env=env)
    await api.healthy(f"{url}/health")
    async with aiohttp.ClientSession(url, headers=CREDENTIALS) as session:
        async with session.post("/api/v1/orders", json={"amount": 50000}) as response:
            order = await response.json()
            assert (response.status, "server" in response.headers) == (201, False)
        body = {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"}
        async with session.post("/api/v1/payments", json=body) as response:
            assert response.status == 201
        async with session.get(f"http://127.0.0.1:{env['METRICS_PORT']}/metrics") as response:
            metrics = await response.text()
            assert (
                'gateway_http_requests_total{method="POST",route="/api/v1/payments",status="201"} 1.0'
                in metrics
            )
        async with session.get("/metrics") as response:
            assert response.status == 404
        async with session.get(f"http://127.0.0.1:{env['METRICS_PORT']}/readyz") as response:
            assert response.status == 200

    async def published() -> bool:
        async with await psycopg.AsyncConnection.connect(database_url) as conn:
            row = await (await conn.execute("SELECT count(published_at) FROM events")).fetchone()
            return row == (2,)

    await eventually(published)
    assert await api.stop() == 0
    assert "ERROR" not in api.output


async def test_payments_are_taken_while_redis_is_away(processes: Processes, database_url: str) -> None:
    env = environment(database_url, f"redis://127.0.0.1:{free_port()}/0")
    assert await migrated(processes, env) == 0
    url = await started(processes, env)
    async with aiohttp.ClientSession(url, headers=CREDENTIALS) as session:
        async with session.post("/api/v1/orders", json={"amount": 50000}) as response:
            order = await response.json()
        body = {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"}
        loop = asyncio.get_running_loop()
        for _ in range(20):
            began_s = loop.time()
            async with session.post("/api/v1/payments", json=body) as response:
                assert response.status == 201
            assert loop.time() - began_s < 1.0
        async with session.get("/health") as response:
            assert (response.status, (await response.json())["redis"]) == (200, "disconnected")


async def test_a_stop_under_load_breaks_no_request(
    processes: Processes, database_url: str, redis_url: str
) -> None:
    env = environment(database_url, redis_url)
    assert await migrated(processes, env) == 0
    url = f"http://127.0.0.1:{env['PORT']}"
    api = processes.start("api", env=env)
    await api.healthy(f"{url}/health")
    created = 0

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal created
        while True:
            try:
                async with session.post("/api/v1/orders", json={"amount": 50000}) as response:
                    assert response.status == 201, await response.text()
                    await response.read()
                    created += 1
            except aiohttp.ClientConnectionError:
                return

    async with aiohttp.ClientSession(url, headers=CREDENTIALS) as session:
        clients = [asyncio.create_task(client(session)) for _ in range(8)]
        await asyncio.sleep(0.5)
        api.signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.gather(*clients)
    assert await api.wait() == 0
    async with await psycopg.AsyncConnection.connect(database_url) as conn:
        row = await (await conn.execute("SELECT count(*) FROM orders")).fetchone()
    assert row is not None
    # A client may have lost the connection before the answer, but never the other way round.
    assert created <= row[0] <= created + 8


async def test_a_stop_waits_for_no_event_stream(
    processes: Processes, database_url: str, redis_url: str
) -> None:
    env = environment(database_url, redis_url)
    assert await migrated(processes, env) == 0
    url = f"http://127.0.0.1:{env['PORT']}"
    api = processes.start("api", env=env)
    await api.healthy(f"{url}/health")
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(url, headers=CREDENTIALS) as session:
        streams = [await session.get("/api/v1/events/stream") for _ in range(3)]
        async with session.post("/api/v1/orders", json={"amount": 50000}) as response:
            order = await response.json()
        body = {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"}
        async with session.post("/api/v1/payments", json=body) as response:
            payment = await response.json()
        for stream in streams:
            async with asyncio.timeout(DEADLINE_S):
                while payment["id"].encode() not in await stream.content.readline():
                    pass
        began_s = loop.time()
        api.signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            for stream in streams:
                await stream.content.read()
    assert loop.time() - began_s < 1.0
    assert await api.wait() == 0
    assert "ERROR" not in api.output


@pytest.mark.parametrize("command", [["api"], ["gateway_cli", "migrate"]])
async def test_production_refuses_the_published_merchant(
    processes: Processes, database_url: str, redis_url: str, command: list[str]
) -> None:
    env = environment(database_url, redis_url)
    assert await migrated(processes, env) == 0
    production = {
        **env,
        "GATEWAY_ENV": "production",
        "ENCRYPTION_KEY": PRODUCTION_KEY,
        "BIND_HOST": "127.0.0.1",
    }
    refused = processes.start(*command, env=production)
    assert await refused.wait() == 78
    assert (
        "refusing to start: GATEWAY_ENV=production and the published test merchant is active"
        in refused.output
    )
    assert "Traceback" not in refused.output


async def test_production_starts_without_it(processes: Processes, database_url: str, redis_url: str) -> None:
    env = environment(
        database_url,
        redis_url,
        GATEWAY_ENV="production",
        ENCRYPTION_KEY=PRODUCTION_KEY,
        BIND_HOST="127.0.0.1",
    )
    assert await migrated(processes, env) == 0
    url = await started(processes, env)
    async with aiohttp.ClientSession(url) as session, session.get("/api/v1/test/merchant") as response:
        assert response.status == 404
    async with await psycopg.AsyncConnection.connect(database_url) as conn:
        row = await (await conn.execute("SELECT count(*) FROM merchants")).fetchone()
    assert row == (0,)


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "mysql://x"), ("PORT", "http"), ("TEST_ENDPOINTS", "perhaps")]
)
async def test_unusable_settings_are_one_line(
    processes: Processes, database_url: str, redis_url: str, name: str, value: str
) -> None:
    refused = processes.start("api", env=environment(database_url, redis_url, **{name: value}))
    assert await refused.wait() == 78
    assert refused.output.startswith(f"refusing to start: {name}: ")
    assert refused.output.count("\n") == 1
