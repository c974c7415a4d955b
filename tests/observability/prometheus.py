"""A real Prometheus for tests: it scrapes some ports every second and answers queries."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from devstack.process import spawn
from gateway_core.testing.factories import eventually, free_port
from gateway_core.testing.processes import find_program

STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Programs:
    """Where they are."""

    prometheus: str
    promtool: str


def find_programs() -> Programs | None:
    """None where one is missing."""
    prometheus, promtool = find_program("prometheus"), find_program("promtool")
    return Programs(prometheus, promtool) if prometheus and promtool else None


@dataclass(frozen=True)
class Prometheus:
    """Its HTTP API."""

    http: httpx.AsyncClient

    async def query(self, expr: str) -> list[dict[str, Any]]:
        """The vector that ``expr`` is now; AssertionError when it cannot be evaluated."""
        return await self._result("query", query=expr)

    async def history(self, expr: str, *, since_s: float) -> dict[str, list[float]]:
        """Queue → the values of ``expr``, one a second, since the Unix time ``since_s``."""
        now_s = (await self.http.get("/query", params={"query": "time()"})).json()["data"]["result"][0]
        found = await self._result("query_range", query=expr, start=since_s, end=now_s, step=1)
        return {
            each["metric"].get("queue", ""): [float(value) for _, value in each["values"]] for each in found
        }

    async def up(self, count: int) -> bool:
        """Whether ``count`` targets are scraped."""
        found = await self.query("sum(up)")
        return bool(found) and float(found[0]["value"][1]) == count

    async def _result(self, what: str, **params: str | float) -> list[dict[str, Any]]:
        answer = (await self.http.get(f"/{what}", params=params)).json()
        assert answer["status"] == "success", (params, answer)
        result = answer["data"]["result"]
        assert isinstance(result, list)
        return result


@asynccontextmanager
async def scraping(
    programs: Programs, folder: Path, ports: Sequence[int], rules: Path
) -> AsyncIterator[Prometheus]:
    """A Prometheus that scrapes ``ports`` of this machine every second and evaluates ``rules`` as often."""
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [f"{rules}/*.yaml"],
        "scrape_configs": [
            {"job_name": "gateway", "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    port = free_port()
    arguments = [
        f"--config.file={path}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        process = spawn(
            [programs.prometheus, *arguments], death_signal=signal.SIGKILL, cwd=folder, env={}, stdout=log
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False) as http:
            prometheus = Prometheus(http)
            await eventually(lambda: _answers(prometheus, len(ports)), timeout_s=20)
            yield prometheus
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, STOP_TIMEOUT_S)


async def _answers(prometheus: Prometheus, targets: int) -> bool:
    try:
        return await prometheus.up(targets)
    except (httpx.TransportError, ValueError):
        return False
