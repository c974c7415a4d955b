"""One whole gateway in real processes: api, workers, and the receiver its merchant's webhooks go to."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from devstack.ports import is_taken
from devstack.servers import Server, start_postgres, start_redis
from gateway_core.testing.databases import TemplateDatabase
from gateway_core.testing.processes import Processes, ServiceProcess
from gateway_core.testing.receiver import Receiver
from tests.e2e.gateway import Gateway

PAYMENTS: Final = "payment_processor"
REFUNDS: Final = "refund_processor"
WEBHOOKS: Final = "webhook_dispatcher"
WORKERS: Final = (PAYMENTS, REFUNDS, WEBHOOKS)
API: Final = "api"
# Outside of what the kernel hands to clients: a service must get its own port back after a restart.
FIRST_PORT, PORTS, PORTS_PER_RUN = 12_000, 20_000, 200
HALF_A_SECOND: Final = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "500"}
QUICK: Final = {
    "TEST_MODE": "true",
    "TEST_PROCESSING_DELAY": "100",
    "WEBHOOK_RETRY_INTERVALS_TEST": "true",
    "LOG_LEVEL": "DEBUG",
}


def _ports() -> Iterator[int]:
    start = os.getpid() * PORTS_PER_RUN
    return (FIRST_PORT + number % PORTS for number in itertools.count(start))


_candidates = _ports()


def service_port() -> int:
    """A port that nothing listens on and that no client's connection will take."""
    return next(port for port in _candidates if not is_taken(port))


@dataclass
class Stack:
    """The processes of one gateway, each to be killed and started again at will."""

    database_url: str
    redis: Server
    processes: Processes
    receiver: Receiver
    gateway: Gateway
    env: Mapping[str, str]
    api_port: int
    own_postgres: Server | None
    running: dict[str, ServiceProcess] = field(default_factory=dict)
    started: list[ServiceProcess] = field(default_factory=list)
    metrics_ports: dict[str, int] = field(default_factory=dict)

    async def start(self, *names: str) -> None:
        """Start processes (``module`` or ``module:VARIABLE=value``) and wait until they are ready."""
        ports = {name: service_port() for name in names}
        self.metrics_ports |= ports
        for name in names:
            self.running[name] = self._spawn(name, ports[name])
        await asyncio.gather(*(self._ready(name, port) for name, port in ports.items()))

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self.running.pop(name).kill()

    async def stop(self, name: str) -> None:
        """SIGTERM; the process must end well."""
        assert await self.running.pop(name).stop() == 0

    async def migrate(self) -> None:
        """Apply the migrations and seed the test merchant."""
        migration = self.processes.start("gateway_cli", "migrate", env=self.env)
        assert await migration.wait() == 0, migration.output

    def _spawn(self, name: str, metrics_port: int) -> ServiceProcess:
        module, _, setting = name.partition(":")
        extra = dict([setting.split("=", 1)]) if setting else {}
        env = {**self.env, "PORT": str(self.api_port), "METRICS_PORT": str(metrics_port), **extra}
        process = self.processes.start(module, env=env)
        self.started.append(process)
        return process

    async def _ready(self, name: str, metrics_port: int) -> None:
        url = f"{self.gateway.url}/health" if name == API else f"http://127.0.0.1:{metrics_port}/readyz"
        await self.running[name].healthy(url)


class StackMaker:
    """``async with fresh() as stack:`` is a gateway of its own, on the session's PostgreSQL if that need not break."""

    def __init__(self, template: TemplateDatabase, new_folder: Callable[[], Path]) -> None:
        self._template = template
        self._new_folder = new_folder

    @asynccontextmanager
    async def __call__(
        self,
        *,
        env: Mapping[str, str] = HALF_A_SECOND,
        workers: Sequence[str] = WORKERS,
        own_postgres: bool = False,
    ) -> AsyncIterator[Stack]:
        """A started gateway whose merchant's webhooks go to a programmable receiver. Leaving kills it all."""
        folder = self._new_folder()
        async with AsyncExitStack() as leaving:
            redis = await asyncio.to_thread(start_redis, folder / "redis", durable=True)
            leaving.callback(redis.kill)
            postgres = None
            if own_postgres:
                postgres = await asyncio.to_thread(start_postgres, folder / "postgres", durable=True)
                leaving.callback(postgres.kill)
            url = postgres.url if postgres else await _entered(leaving, self._template.copy())
            processes = leaving.enter_context(Processes(folder))
            receiver = await leaving.enter_async_context(Receiver())
            port = service_port()
            gateway = await leaving.enter_async_context(Gateway(f"http://127.0.0.1:{port}"))
            base = {"GATEWAY_ENV": "local", "DATABASE_URL": url, "REDIS_URL": redis.url}
            stack = Stack(url, redis, processes, receiver, gateway, {**base, **env}, port, postgres)
            await stack.migrate()
            await stack.start(API, *workers)
            await gateway.send_webhooks_to(receiver.url())
            yield stack


async def _entered(leaving: AsyncExitStack, database: AbstractContextManager[str]) -> str:
    """A copy made and dropped off the event loop, where other gateways' receivers are at work."""
    url = await asyncio.to_thread(database.__enter__)
    leaving.push_async_callback(asyncio.to_thread, database.__exit__, None, None, None)
    return url
