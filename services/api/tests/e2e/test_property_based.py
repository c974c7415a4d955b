"""Schemathesis reads the document, makes thousands of requests of it, and believes nothing."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest

from gateway_core.testing.factories import free_port
from gateway_core.testing.processes import Processes

pytestmark = pytest.mark.e2e

CONFIG = Path(__file__).parent / "schemathesis.toml"
# JSON Schema cannot say check digits, expiry, one success per order: what fits it may still be refused.
NOT_SAYABLE = "positive_data_acceptance"
SECONDS = 40
TIMEOUT_S = 150


async def run(*arguments: str, cwd: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", *arguments,
        cwd=cwd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(TIMEOUT_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_no_request_made_of_the_document_is_answered_against_it(
    processes: Processes, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    env = {
        "GATEWAY_ENV": "local",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PORT": str(free_port()),
        "METRICS_PORT": str(free_port()),
    }
    assert await processes.start("gateway_core.db.migrate", env=env).wait() == 0
    api = processes.start("api", env=env)
    url = f"http://127.0.0.1:{env['PORT']}"
    await api.healthy(f"{url}/health")
    code, output = await run(
        "--config-file", str(CONFIG), "run", f"{url}/openapi.json",
        "--header", "X-Api-Key: key_test_abc123", "--header", "X-Api-Secret: secret_test_xyz789",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "30", "--max-time", str(SECONDS),
        "--checks", "all", "--exclude-checks", NOT_SAYABLE, "--no-shrink",
        "--continue-on-failure", "--seed", "1", "--workers", "2",
        cwd=tmp_path,
    )  # fmt: skip
    assert code == 0, output[:20_000]
    assert re.search(r"Selected: (\d+)/\1\n", output)
    cases = re.search(r"(\d+) generated", output)
    assert cases is not None
    assert int(cases[1]) > 500
    assert '"level":"ERROR"' not in api.output
