from __future__ import annotations

import asyncio
import signal
import socket
import time

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from gateway_core.runtime.http_server import Check, HealthServer

pytestmark = pytest.mark.integration


async def get(server: HealthServer, path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.request(method, f"http://127.0.0.1:{server.port}{path}")


async def test_metrics_of_the_given_registry() -> None:
    registry = CollectorRegistry()
    Counter("gateway_rows", "Rows.", registry=registry).inc(3)
    async with HealthServer(0, {}, registry=registry) as server:
        response = await get(server, "/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    assert "gateway_rows_total 3.0" in response.text


async def test_alive_and_ready() -> None:
    async def asynchronous() -> bool:
        return True

    async with HealthServer(0, {"database": asynchronous, "subscriptions": lambda: True}) as server:
        alive, ready = await get(server, "/healthz"), await get(server, "/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"database": "ok", "subscriptions": "ok"}


async def test_every_failing_check_is_named_and_alive_stays_true() -> None:
    async def never() -> bool:
        await asyncio.Event().wait()
        return True

    def raises() -> bool:
        raise ConnectionError("postgresql://user:hidden@db")

    checks: dict[str, Check] = {"good": lambda: True, "bad": lambda: False, "broken": raises, "stuck": never}
    async with HealthServer(0, checks, check_timeout_s=0.1) as server:
        started_s = time.monotonic()
        ready, alive = await get(server, "/readyz"), await get(server, "/healthz")
    assert time.monotonic() - started_s < 5
    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {
        "status": "unavailable",
        "failed": ["bad", "broken", "stuck"],
        "checks": {"good": "ok", "bad": "failed", "broken": "failed", "stuck": "timeout"},
    }
    assert "hidden" not in ready.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/other", 404), ("POST", "/healthz", 405)])
async def test_anything_else_is_refused(method: str, path: str, status: int) -> None:
    async with HealthServer(0, {}) as server:
        assert (await get(server, path, method)).status_code == status


async def test_head_answers_without_a_body() -> None:
    async with HealthServer(0, {}) as server:
        response = await get(server, "/healthz", "HEAD")
    assert (response.status_code, response.content) == (200, b"")


async def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            await HealthServer(port, {}).__aenter__()
    assert ended.value.code == 1
    assert capsys.readouterr().err == f"refusing to start: METRICS_PORT: 127.0.0.1:{port} is already taken\n"


async def test_the_port_is_free_again_after_the_block() -> None:
    async with HealthServer(0, {}) as first:
        assert (await get(first, "/healthz")).status_code == 200
    async with HealthServer(first.port, {}) as second:
        assert (await get(second, "/healthz")).status_code == 200


async def test_leaving_does_not_wait_for_an_open_connection() -> None:
    async with HealthServer(0, {}) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        started_s = time.monotonic()
    assert time.monotonic() - started_s < 5
    writer.close()


async def test_signal_handlers_stay_the_processes_own() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    async with HealthServer(0, {}) as server:
        await get(server, "/healthz")
        during = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    assert during == before
