"""Connections that ask Sentinels where the primary is, each time they connect: they follow a failover."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from faststream.redis import RedisSentinelBroker
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import NoBackoff

from gateway_core.runtime.redis_address import SentinelAddress

# They are asked one after the other, within the time that opening a subscription or publishing may take.
SENTINEL_TIMEOUT_S = 0.5


class SentinelBroker(RedisSentinelBroker):
    """Leaves no connection to a Sentinel behind, as FastStream's own does."""

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        client = self._connection
        await super().stop(exc_type, exc_val, exc_tb)
        if client is not None:
            await _hang_up(client)


class SentinelClient(Redis):
    """Leaves no connection to a Sentinel behind, as redis-py's own does."""

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        await _hang_up(self)


class PrimaryConnection(SentinelManagedConnection):
    """Asks the Sentinels also when a command is repeated: redis-py's would try the lost primary again and again."""

    async def send_packed_command(
        self, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        if not self.is_connected:
            await self.connect()  # type: ignore[no-untyped-call]
        await super().send_packed_command(command, check_health)


class SecurePrimaryConnection(PrimaryConnection, SentinelManagedSSLConnection):
    """The same over TLS."""


class SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """Bounded; who finds all connections in use waits for one."""


async def _hang_up(client: Redis) -> None:
    pool: Any = client.connection_pool
    await pool.sentinel_manager.aclose()


def sentinel_broker(address: SentinelAddress, **options: Any) -> SentinelBroker:
    """A FastStream broker, not yet connected; `options` are those of RedisBroker."""
    return SentinelBroker(
        sentinels=address.sentinels,
        sentinel_master_name=address.master,
        sentinel_kwargs=_sentinel_options(address),
        **_server_options(address),
        **options,
    )


def sentinel_client(address: SentinelAddress, **options: Any) -> Redis:
    """A client of the primary; `options` are those of BlockingConnectionPool."""
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        address.sentinels, sentinel_kwargs=_sentinel_options(address)
    )
    client: Redis = sentinels.master_for(
        address.master,
        redis_class=SentinelClient,
        connection_pool_class=SentinelPool,
        **_server_options(address),
        **options,
    )
    return client


def _server_options(address: SentinelAddress) -> dict[str, Any]:
    connection = SecurePrimaryConnection if address.tls else PrimaryConnection
    return {"connection_class": connection, "db": address.db, **address.login, **address.tls_options}


def _sentinel_options(address: SentinelAddress) -> dict[str, Any]:
    """No retries here: the next Sentinel is asked at once, and all of them again by the server's connection."""
    return {
        "socket_timeout": SENTINEL_TIMEOUT_S,
        "socket_connect_timeout": SENTINEL_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 0),
        "ssl": address.tls,
        **address.sentinel_login,
        **address.tls_options,
    }
