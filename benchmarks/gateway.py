"""A whole gateway on this machine, as users run it: durable servers, every process, a verifying receiver."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, LiteralString

import aiohttp
import orjson
import psycopg
from psycopg import sql

from benchmarks.http1 import render
from benchmarks.load import Exchange, Result, load
from benchmarks.postgres_proxy import PostgresProxy
from benchmarks.usage import Meter, cpu_s, rss_mib
from devstack.ports import LOOPBACK, free_port
from devstack.servers import Server, start_postgres, start_redis
from gateway_core.runtime.ids import new_id
from gateway_core.testing.processes import Processes, ServiceProcess

ROOT: Final = Path(__file__).parents[1]
API: Final = "api"
PAYMENTS: Final = "payment_processor"
WORKERS: Final = (PAYMENTS, "refund_processor", "webhook_dispatcher")
SECRET: Final = "whsec_test_abc123"
MERCHANT_ID: Final = "550e8400-e29b-41d4-a716-446655440000"
CREDENTIALS: Final = {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "secret_test_xyz789"}
# The bank decides after 1 ms, or so late that the workers only claim.
FAST_BANK: Final = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "1"}
SLOW_BANK: Final = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "3600000"}
PENDING: Final = (
    "SELECT EXISTS (SELECT FROM payments WHERE status = 'pending')"
    " OR EXISTS (SELECT FROM refunds WHERE status = 'pending')"
)
REFUND_MINOR: Final = 100
END_TIMEOUT_S: Final = 240.0
POLL_EVERY_S: Final = 0.1
QUIET_CORES: Final = 0.25
QUIET_FOR_S: Final = 0.5
QUIET_TIMEOUT_S: Final = 60.0

# Run by the checkout's own Python, because checkouts migrate in different ways.
_MIGRATE = "import os, devstack.services as s; command = s.migrate_command(); os.execvp(command[0], command)"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Tree:
    """A checkout of the repository in which ``make dev`` has been run."""

    name: str
    python: str

    @classmethod
    def at(cls, root: Path) -> Tree:
        """The checkout in the folder ``root``. FileNotFoundError without its ``.venv``."""
        python = root.resolve() / ".venv/bin/python"
        if not python.exists():
            raise FileNotFoundError(f"{python}: run `make dev` in {root} first")
        return cls(root.resolve().name, str(python))


THIS: Final = Tree("this", sys.executable)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """PostgreSQL in a temporary folder, syncing to disk."""
    with tempfile.TemporaryDirectory(prefix="gateway-bench-", ignore_cleanup_errors=True) as folder:
        server = start_postgres(Path(folder) / "postgres", durable=True)
        try:
            yield server
        finally:
            server.kill()


@dataclass
class Gateway:
    """One gateway with a database and a Redis of its own, whose merchant's webhooks go to ``receiver``."""

    tree: Tree
    postgres: Server
    redis: Server
    processes: Processes
    receiver: ServiceProcess
    receiver_port: int
    database_url: str
    api_port: int = field(default_factory=free_port)
    running: dict[str, ServiceProcess] = field(default_factory=dict)
    proxies: dict[str, PostgresProxy] = field(default_factory=dict)

    async def start(self, bank: Mapping[str, str], *names: str, counted: bool = False) -> float:
        """Start processes; the seconds until they are healthy. ``counted``: each behind a proxy to PostgreSQL."""
        began_s = time.monotonic()
        urls: dict[str, str] = {}
        for name in names:
            database_url = await self._behind_proxy(name) if counted else self.database_url
            port = free_port()
            addresses = {"PORT": str(self.api_port), "METRICS_PORT": str(port)}
            env = {**_env(database_url, self.redis.url), **bank, **addresses}
            self.running[name] = self.processes.start(name, env=env, python=self.tree.python)
            ready = f"http://{LOOPBACK}:{port}/readyz"
            urls[name] = f"http://{LOOPBACK}:{self.api_port}/health" if name == API else ready
        await asyncio.gather(*(self.running[name].healthy(url) for name, url in urls.items()))
        return time.monotonic() - began_s

    async def stop(self) -> None:
        """Stop every process, as an operator does."""
        await asyncio.gather(*(process.stop() for process in self.running.values()))
        self.running.clear()
        for proxy in self.proxies.values():
            await proxy.close()
        self.proxies.clear()

    async def _behind_proxy(self, name: str) -> str:
        proxy = self.proxies[name] = PostgresProxy(self.postgres.port)
        return self.database_url.replace(f":{self.postgres.port}/", f":{await proxy.listen()}/")

    async def send_webhooks(self) -> None:
        """Configure the receiver as the merchant's endpoint."""
        config = {"webhook_url": f"http://{LOOPBACK}:{self.receiver_port}/", "webhook_secret": SECRET}
        url = f"http://{LOOPBACK}:{self.api_port}/api/v1/webhooks"
        async with (
            aiohttp.ClientSession(headers=CREDENTIALS) as client,
            client.put(url, json=config) as answer,
        ):
            answer.raise_for_status()

    async def send_no_webhooks(self) -> None:
        """Forget the merchant's endpoint, as if none had been configured."""
        await self.query("UPDATE merchants SET webhook_url = NULL RETURNING id")

    async def orders(self, count: int) -> list[str]:
        """The ids of ``count`` new orders, inserted into the database."""
        ids = [new_id("order_") for _ in range(count)]
        await self.query(
            "INSERT INTO orders (id, merchant_id, amount, currency) SELECT unnest(%s::text[]), %s, 50000, 'INR' "
            "RETURNING id",
            ids,
            MERCHANT_ID,
        )
        return ids

    async def create(self, orders: Sequence[str], *, clients: int, seconds: float = END_TIMEOUT_S) -> Result:
        """Create a payment of each order, until ``seconds`` are over."""
        return await load(self.api_port, list(map(_creation, orders)), clients=clients, seconds=seconds)

    async def read(self, payments: Sequence[str], *, clients: int, seconds: float) -> Result:
        """Read the payments again and again."""
        exchanges = [
            Exchange(render("GET", f"/api/v1/payments/{id_}", headers=CREDENTIALS), "200", f'"id":"{id_}"')
            for id_ in payments
        ]
        return await load(self.api_port, exchanges, clients=clients, seconds=seconds, repeat=True)

    async def refund(
        self, payments: Sequence[str], count: int, *, clients: int, seconds: float = END_TIMEOUT_S
    ) -> Result:
        """Create ``count`` small refunds of the payments in turn, until ``seconds`` are over."""
        exchanges = list(map(_refund, itertools.islice(itertools.cycle(payments), count)))
        return await load(self.api_port, exchanges, clients=clients, seconds=seconds)

    async def pay(self, orders: Sequence[str], *, gap_s: float) -> None:
        """Pay the orders one by one, ``gap_s`` after each."""
        url = f"http://{LOOPBACK}:{self.api_port}/api/v1/payments"
        async with aiohttp.ClientSession(headers=CREDENTIALS) as client:
            for order in orders:
                body = {"order_id": order, "method": "upi", "vpa": "user@paytm"}
                async with client.post(url, json=body) as response:
                    response.raise_for_status()
                await asyncio.sleep(gap_s)

    async def quiet(self) -> None:
        """Return once every payment and refund is with the bank or decided, and the processes use little CPU time."""
        async with asyncio.timeout(QUIET_TIMEOUT_S):
            while await self._works():
                pass

    async def _works(self) -> bool:
        before_s = sum(self._cpu_s().values())
        await asyncio.sleep(QUIET_FOR_S)
        used_s = sum(self._cpu_s().values()) - before_s
        [(pending,)] = await self.query(PENDING)
        return pending or used_s > QUIET_CORES * QUIET_FOR_S

    async def complete(self, noun: str) -> int:
        """The number of payments or refunds whose last webhook the receiver has verified."""
        return int((await self._tally())["complete"][noun])

    async def completed_s(self, noun: str, count: int) -> float:
        """When the ``count``-th was complete, on the machine's monotonic clock. RuntimeError if that takes too long."""
        deadline_s = time.monotonic() + END_TIMEOUT_S
        while (tally := await self._tally())["complete"][noun] < count:
            if time.monotonic() > deadline_s:
                raise RuntimeError(f"{self.tree.name} is unfinished after {END_TIMEOUT_S:.0f} s: {tally}")
            await asyncio.sleep(POLL_EVERY_S)
        if tally["refused"]:
            raise RuntimeError(f"{tally['refused']} signatures did not hold")
        return float(tally["last_s"][noun])

    async def _tally(self) -> dict[str, Any]:
        url = f"http://{LOOPBACK}:{self.receiver_port}/"
        async with aiohttp.ClientSession() as client, client.get(url) as response:
            counts: dict[str, Any] = orjson.loads(await response.read())
            return counts

    async def query(self, query: LiteralString, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a statement, committed."""
        async with await psycopg.AsyncConnection.connect(self.database_url) as conn:
            return await (await conn.execute(query, parameters)).fetchall()

    async def paid(self, most: int) -> list[str]:
        """The ids of ``most`` successful payments at most."""
        return [
            id_
            for (id_,) in await self.query("SELECT id FROM payments WHERE status = 'success' LIMIT %s", most)
        ]

    def asked(self) -> dict[str, tuple[int, int]]:
        """Transactions and round trips of each process so far, if counted."""
        return {name: (proxy.transactions, proxy.round_trips) for name, proxy in self.proxies.items()}

    def rss_mib(self) -> float:
        """Resident memory of the API and its workers."""
        return sum(rss_mib(process.pid) for process in self.running.values())

    def meter(self) -> Meter:
        """Counts CPU time from now on."""
        servers = {"postgres": self.postgres.process.pid, "redis": self.redis.process.pid}
        pids = {**servers, "receiver": self.receiver.pid}
        return Meter(lambda: {**self._cpu_s(), **{name: cpu_s(pid) for name, pid in pids.items()}})

    def _cpu_s(self) -> dict[str, float]:
        return {name: cpu_s(process.pid) for name, process in self.running.items()}


@asynccontextmanager
async def gateway(tree: Tree, postgres: Server) -> AsyncIterator[Gateway]:
    """A gateway of ``tree`` with a migrated database; only the receiver runs yet. Leaving the block kills it."""
    with (
        _database(postgres) as database_url,
        tempfile.TemporaryDirectory(prefix="gateway-bench-", ignore_cleanup_errors=True) as folder,
        Processes(Path(folder)) as processes,
    ):
        redis = start_redis(Path(folder) / "redis", durable=True)
        try:
            env = _env(database_url, redis.url)
            await asyncio.to_thread(
                subprocess.run, [tree.python, "-c", _MIGRATE], env=env, check=True, stdout=subprocess.DEVNULL
            )
            receiver_port = free_port()
            receiver = processes.start("benchmarks.receiver", str(receiver_port), SECRET, env=import_path())
            await receiver.healthy(f"http://{LOOPBACK}:{receiver_port}/")
            yield Gateway(tree, postgres, redis, processes, receiver, receiver_port, database_url)
        finally:
            redis.kill()


@contextmanager
def _database(postgres: Server) -> Iterator[str]:
    name = f"bench_{next(_numbers)}"
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{postgres.url.rpartition('/')[0]}/{name}"
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _env(database_url: str, redis_url: str) -> dict[str, str]:
    return {"GATEWAY_ENV": "local", "DATABASE_URL": database_url, "REDIS_URL": redis_url}


def import_path() -> dict[str, str]:
    """The processes run in a folder of their own; this package is found from the repository's root."""
    return {"PYTHONPATH": str(ROOT)}


def _creation(order: str) -> Exchange:
    body = f'{{"order_id": "{order}", "method": "upi", "vpa": "user@paytm"}}'
    return Exchange(_post("/api/v1/payments", body), "201", f'"order_id":"{order}"')


def _refund(payment: str) -> Exchange:
    body = f'{{"amount": {REFUND_MINOR}}}'
    return Exchange(_post(f"/api/v1/payments/{payment}/refunds", body), "201", f'"payment_id":"{payment}"')


def _post(path: str, body: str) -> str:
    return render("POST", path, body, headers={**CREDENTIALS, "Idempotency-Key": new_id("bench_")})
