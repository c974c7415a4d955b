"""A bench for the dispatcher: merchants, events, dispatchers in this process, and what the database says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest_asyncio

from devstack.servers import Server
from gateway_core.db.pool import Pool, create_pool, transaction
from gateway_core.db.queries import deliveries, events, merchants
from gateway_core.db.queries.events import NewEvent
from gateway_core.domain.events import EventType, event_body
from gateway_core.relay import Relay
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.ids import new_id
from gateway_core.streams.messages import WakeUp
from gateway_core.streams.names import Stream
from gateway_core.testing.factories import DEADLINE_S, eventually
from gateway_core.testing.rows import Rows
from gateway_core.worker.due_loop import Bounds
from gateway_core.worker.host import Resources
from webhook_dispatcher.app import BOUNDS, build
from webhook_dispatcher.settings import DispatcherSettings

SECRET = "whsec_test_abc123"
ENCRYPTION_KEY = "encryption-key-of-these-tests-only"


class NoStreams:
    """A relay needs a publisher; a dispatcher only ever wakes its relay."""

    async def publish(self, messages: Mapping[Stream, WakeUp]) -> None:
        """Drop them."""

    async def is_reachable(self) -> bool:
        return True


class Bench:
    secret = SECRET
    encryption_key = ENCRYPTION_KEY

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.pool = self.new_pool()
        self.rows = Rows(self.pool)

    def new_pool(self) -> Pool:
        return create_pool(self.database_url, size=5, application_name="test")

    def settings(self, **chosen: Any) -> DispatcherSettings:
        return DispatcherSettings(
            gateway_env="local",
            database_url=self.database_url,
            redis_url="redis://unused",
            encryption_key=ENCRYPTION_KEY,
            **chosen,
        )

    @asynccontextmanager
    async def dispatching(self, *, bounds: Bounds = BOUNDS, **chosen: Any) -> AsyncIterator[asyncio.Event]:
        """A dispatcher at work, with connections of its own; what is yielded stops it, as leaving does."""
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(self.new_pool())
            resources = Resources(pool, Relay(pool, NoStreams()))
            worker = build(self.settings(**chosen), resources, stack, bounds=bounds)
            stopping = asyncio.Event()
            running = asyncio.create_task(worker.loop.run(stopping))
            try:
                yield stopping
            finally:
                stopping.set()
                await running

    async def merchant(self, url: str | None) -> UUID:
        merchant_id = await self.rows.merchant(url)
        await self.set_secret(merchant_id, SECRET)
        return merchant_id

    async def set_secret(self, merchant_id: UUID, secret: str) -> None:
        async with transaction(self.pool) as conn:
            await merchants.set_webhook_secret(conn, merchant_id, Cipher(ENCRYPTION_KEY).encrypt(secret))

    async def set_url(self, merchant_id: UUID, url: str | None) -> None:
        async with transaction(self.pool) as conn:
            await merchants.set_webhook_url(conn, merchant_id, url)

    async def announce(
        self, merchant_id: UUID, count: int = 1, *, data: Mapping[str, object] | None = None
    ) -> list[bytes]:
        """``count`` events of the merchant; returns their bodies."""
        bodies = [
            event_body(EventType.WEBHOOK_TEST, datetime.now(UTC), data or {"number": n}) for n in range(count)
        ]
        new = [NewEvent(merchant_id, EventType.WEBHOOK_TEST, new_id("test_"), body) for body in bodies]
        async with transaction(self.pool) as conn:
            await events.append(conn, new)
        return bodies

    async def retry(self, merchant_id: UUID, delivery_id: UUID) -> None:
        async with transaction(self.pool) as conn:
            assert await deliveries.restart(conn, merchant_id, delivery_id)

    async def delivery(self) -> dict[str, Any]:
        """The only one."""
        (row,) = await self.rows.read("SELECT * FROM webhook_logs")
        return row

    async def attempts(self) -> list[dict[str, Any]]:
        return await self.rows.read("SELECT * FROM webhook_attempts ORDER BY lease_generation")

    async def until_status(self, status: str, count: int = 1, *, timeout_s: float = DEADLINE_S) -> None:
        """Returns once ``count`` deliveries have this status."""

        async def reached() -> bool:
            found = await self.rows.one("SELECT count(*) FROM webhook_logs WHERE status = %s", (status,))
            assert found >= count, f"{found} of {count} are {status}"
            return True

        await eventually(reached, timeout_s=timeout_s, every_s=0.05)

    async def until_attempts(self, count: int) -> None:
        """Returns once ``count`` attempts are on record."""

        async def reached() -> bool:
            assert len(await self.attempts()) >= count
            return True

        await eventually(reached)

    async def make_due(self) -> None:
        """Let the time of every retry and lease pass."""
        await self.rows.run(
            "UPDATE webhook_logs SET next_retry_at = now(), leased_until = now() WHERE status = 'pending'"
        )


@pytest_asyncio.fixture
async def bench(database_url: str) -> AsyncIterator[Bench]:
    opened = Bench(database_url)
    async with opened.pool:
        yield opened


@pytest_asyncio.fixture
async def private_bench(private_postgres: Server) -> AsyncIterator[Bench]:
    """On ``private_postgres``, which the test may stop, kill and start."""
    opened = Bench(private_postgres.url)
    async with opened.pool:
        yield opened
