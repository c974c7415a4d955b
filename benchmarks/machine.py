"""A whole gateway on this machine, as a user has it: durable servers, every process, a verifying receiver."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import aiohttp
import orjson
import psycopg

from benchmarks.cpu import Meter, cpu_s
from devstack.ports import free_port
from devstack.servers import Server, start_postgres, start_redis
from gateway_core.runtime.ids import new_id
from gateway_core.testing.databases import TemplateDatabase, flush_redis
from gateway_core.testing.processes import Processes, ServiceProcess

API = "api"
PAYMENTS = "payment_processor"
WORKERS = (PAYMENTS, "refund_processor", "webhook_dispatcher")
SECRET = "whsec_test_abc123"
MERCHANT_ID = "550e8400-e29b-41d4-a716-446655440000"
WARM_UP_PAYMENTS = 30
WARM_UP_GAP_S = 0.1
CREDENTIALS = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}


@dataclass(frozen=True)
class Servers:
    """PostgreSQL and Redis, both syncing to disk, and databases to copy."""

    postgres: Server
    redis: Server
    template: TemplateDatabase


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="gateway-bench-", ignore_cleanup_errors=True) as folder:
        postgres = start_postgres(Path(folder) / "postgres", durable=True)
        redis = start_redis(Path(folder) / "redis", durable=True)
        try:
            yield Servers(postgres, redis, TemplateDatabase(postgres.url))
        finally:
            postgres.kill()
            redis.kill()


@dataclass
class Machine:
    """One gateway with an empty database."""

    database_url: str
    api_port: int
    receiver_port: int
    processes: Processes
    running: dict[str, ServiceProcess]
    servers: Servers
    env: Mapping[str, str]

    async def start(self, *names: str) -> None:
        """Start processes of the gateway and wait until they are ready."""
        urls: dict[str, str] = {}
        for name in names:
            port = free_port()
            env = {**self.env, "PORT": str(self.api_port), "METRICS_PORT": str(port)}
            self.running[name] = self.processes.start(name, env=env)
            url = f"http://127.0.0.1:{port}/readyz"
            urls[name] = f"http://127.0.0.1:{self.api_port}/health" if name == API else url
        await asyncio.gather(*(self.running[name].healthy(url) for name, url in urls.items()))

    async def orders(self, count: int) -> list[str]:
        """The ids of ``count`` new orders, put straight into the database."""
        ids = [new_id("order_") for _ in range(count)]
        await self.query(
            "INSERT INTO orders (id, merchant_id, amount, currency) SELECT unnest(%s::text[]), %s, 50000, 'INR' "
            "RETURNING id",
            ids,
            MERCHANT_ID,
        )
        return ids

    async def warm_up(self) -> int:
        """Pay some orders one by one; returns how many.

        A gateway that has been up for a while has long prepared its statements, on tables that were almost empty.
        """
        url = f"http://127.0.0.1:{self.api_port}/api/v1/payments"
        async with aiohttp.ClientSession(headers=CREDENTIALS) as session:
            for order in await self.orders(WARM_UP_PAYMENTS):
                body = {"order_id": order, "method": "upi", "vpa": "success@bank"}
                async with session.post(url, json=body) as response:
                    response.raise_for_status()
                await asyncio.sleep(WARM_UP_GAP_S)
        return WARM_UP_PAYMENTS

    async def load(self, *, clients: int, seconds: float, orders: list[str]) -> dict[str, Any]:
        """What ``benchmarks.load`` measured, in a process of its own."""
        spec = {"port": self.api_port, "clients": clients, "seconds": seconds, "orders": orders}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.load",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate(orjson.dumps(spec))
        if process.returncode != 0:
            raise RuntimeError("the load generator failed")
        result: dict[str, Any] = orjson.loads(output)
        return result

    async def tally(self) -> dict[str, Any]:
        """What the receiver has verified."""
        url = f"http://127.0.0.1:{self.receiver_port}/"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            counts: dict[str, Any] = orjson.loads(await response.read())
            return counts

    async def query(self, query: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a statement, committed."""
        async with await psycopg.AsyncConnection.connect(self.database_url) as conn:
            return await (await conn.execute(query, parameters)).fetchall()

    def meter(self) -> Meter:
        """Counts CPU time from now on."""
        return Meter(self._cpu_s)

    def _cpu_s(self) -> dict[str, float]:
        pids = {name: process.pid for name, process in self.running.items()}
        pids |= {"postgres": self.servers.postgres.process.pid, "redis": self.servers.redis.process.pid}
        return {name: cpu_s(pid) for name, pid in pids.items()}


@asynccontextmanager
async def machine(common: Servers, env: Mapping[str, str], *names: str) -> AsyncIterator[Machine]:
    """A gateway of the processes ``names`` whose merchant's webhooks go to the receiver. Leaving kills it."""
    flush_redis(common.redis.url)
    with (
        common.template.copy() as database_url,
        tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder,
        Processes(Path(folder)) as processes,
    ):
        base = {"GATEWAY_ENV": "local", "DATABASE_URL": database_url, "REDIS_URL": common.redis.url}
        ran = Machine(database_url, free_port(), free_port(), processes, {}, common, {**base, **env})
        migration = processes.start("gateway_core.db.migrate", env=ran.env)
        if await migration.wait() != 0:
            raise RuntimeError(migration.output)
        receiver = processes.start("benchmarks.receiver", str(ran.receiver_port), SECRET, env=_import_path())
        await receiver.healthy(f"http://127.0.0.1:{ran.receiver_port}/")
        ran.running["receiver"] = receiver
        await ran.start(API, *names)
        await _send_webhooks_to_receiver(ran)
        yield ran


def _import_path() -> dict[str, str]:
    """The processes run in a folder of their own; this package is found from the repository's root."""
    return {"PYTHONPATH": str(Path(__file__).parents[1])}


async def _send_webhooks_to_receiver(ran: Machine) -> None:
    config = {"webhook_url": f"http://127.0.0.1:{ran.receiver_port}/", "webhook_secret": SECRET}
    url = f"http://127.0.0.1:{ran.api_port}/api/v1/webhooks"
    async with (
        aiohttp.ClientSession(headers=CREDENTIALS) as session,
        session.put(url, json=config) as response,
    ):
        response.raise_for_status()
