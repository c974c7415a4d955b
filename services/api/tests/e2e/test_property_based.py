"""Schemathesis reads the document, makes thousands of requests of it, and believes nothing."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import httpx
import pytest

from gateway_core.testing.factories import free_port
from gateway_core.testing.processes import Processes

pytestmark = pytest.mark.e2e

CONFIG = Path(__file__).parent / "schemathesis.toml"
# JSON Schema cannot say check digits, expiry, one success per order: what fits it may still be refused.
NOT_SAYABLE = "positive_data_acceptance"
# A request that is planned to go without its cookie gets it all the same.
ALWAYS_SIGNED_IN = f"{NOT_SAYABLE},negative_data_rejection"
# Of each operation, beside the hundreds that the document's bounds give rise to.
RANDOM_EXAMPLES = 10
TIMEOUT_S = 300


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


async def made_of_the_document(url: str, cwd: Path, *arguments: str, without: str = NOT_SAYABLE) -> str:
    """What schemathesis says of the requests that it has made; none was answered against the document."""
    code, output = await run(
        "--config-file", str(CONFIG), "run", f"{url}/openapi.json", *arguments,
        "--phases", "examples,coverage,fuzzing", "--max-examples", str(RANDOM_EXAMPLES),
        "--checks", "all", "--exclude-checks", without, "--no-shrink",
        "--continue-on-failure", "--seed", "1", "--workers", "1",
        cwd=cwd,
    )  # fmt: skip
    assert code == 0, output[:20_000]
    return output


def cases(output: str) -> int:
    generated = re.search(r"(\d+) generated", output)
    assert generated is not None
    return int(generated[1])


async def signed_in(url: str) -> list[str]:
    """The headers of a page of the dashboard, as arguments."""
    page = {
        "Origin": "http://localhost:3000",
        "Sec-Fetch-Site": "same-origin",
        "X-Gateway-Dashboard": "1",
    }
    async with httpx.AsyncClient(base_url=url, headers=page) as client:
        body = {"email": "test@example.com", "password": "any"}
        response = await client.post("/api/v1/session", json=body)
    page["Cookie"] = response.headers["set-cookie"].partition(";")[0]
    return [argument for name, value in page.items() for argument in ("--header", f"{name}: {value}")]


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
    assert await processes.start("gateway_cli", "migrate", env=env).wait() == 0
    api = processes.start("api", env=env)
    url = f"http://127.0.0.1:{env['PORT']}"
    await api.healthy(f"{url}/health")
    keys = ["--header", "X-Api-Key: key_test_abc123", "--header", "X-Api-Secret: secret_test_xyz789"]
    output = await made_of_the_document(url, tmp_path, *keys)
    assert re.search(r"Selected: (\d+)/\1\n", output)
    assert cases(output) > 1500
    person = ["--include-tag", "API keys", *await signed_in(url)]
    output = await made_of_the_document(url, tmp_path, *person, without=ALWAYS_SIGNED_IN)
    assert cases(output) > 100
    assert '"level":"ERROR"' not in api.output
