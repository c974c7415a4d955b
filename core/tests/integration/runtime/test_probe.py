"""The health check of a container, as the engine runs it."""

from __future__ import annotations

import asyncio
import sys

import pytest

from gateway_core.runtime.http_server import HealthServer

pytestmark = pytest.mark.integration

TIMEOUT_S = 20.0


async def probe(port: int) -> int:
    command = [sys.executable, "-m", "gateway_core.runtime.probe"]
    process = await asyncio.create_subprocess_exec(*command, env={"METRICS_PORT": str(port)})
    async with asyncio.timeout(TIMEOUT_S):
        return await process.wait()


@pytest.mark.parametrize(("is_ready", "code"), [(True, 0), (False, 1)])
async def test_it_says_what_the_process_says(is_ready: bool, code: int) -> None:
    async with HealthServer(0, {"database": lambda: is_ready}) as server:
        assert await probe(server.port) == code


async def test_nobody_there_is_not_ready() -> None:
    async with HealthServer(0, {}) as server:
        port = server.port
    assert await probe(port) == 1
