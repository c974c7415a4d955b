"""Connections that ask a Redis Cluster who owns their stream, each time they connect: they follow it to any server.

A stream is one key on one server, so nothing here knows of slots beyond that one, or of servers beyond its owner.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from typing import Any

from faststream.redis import RedisBroker
from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError

from gateway_core.runtime.redis_address import ClusterAddress
from gateway_core.streams.names import Stream

# They are asked one after the other, within the time that opening a subscription or publishing may take.
SEED_TIMEOUT_S = 0.5
# How a server says that it is not the one: MOVED (an AskError too), ASK, CLUSTERDOWN, MASTERDOWN, READONLY.
NOT_THE_OWNER = (AskError, ClusterDownError, ReadOnlyError)


class Owner:
    """Knows from a Cluster's seeds which server has a stream."""

    def __init__(self, address: ClusterAddress, stream: Stream) -> None:
        self._address = address
        self._slot = key_slot(stream.encode())
        self._seeds = deque(random.sample(address.seeds, len(address.seeds)))
        options: dict[str, Any] = {**address.tls_options}
        # One for all connections: to load the system's CAs takes 20 ms, each time.
        self.tls = SSLConnection(**options).ssl_context if address.tls else None

    async def find(self) -> tuple[str, int]:
        """Host and port, from the first seed that says. Raises redis-py's ConnectionError when none does.

        Each call begins with another seed: what the last one said may have been old.
        """
        self._seeds.rotate(-1)
        reason: Exception | None = None
        for host, port in tuple(self._seeds):
            try:
                return owner_of(self._slot, await self._slots(host, port), seed_host=host)
            except (RedisError, OSError) as error:
                reason = error
        raise RedisConnectionError(f"no server of the Cluster says where the stream is: {reason}") from reason

    async def _slots(self, host: str, port: int) -> Sequence[Any]:
        """Without a retry: the next seed is asked at once, and all of them again by the stream's connection."""
        seed = self._seed(host, port)
        try:
            await seed.connect()  # type: ignore[no-untyped-call]
            await seed.send_command("CLUSTER", "SLOTS")
            slots: Sequence[Any] = await seed.read_response()
            return slots
        finally:
            await seed.disconnect(nowait=True)

    def _seed(self, host: str, port: int) -> Connection:
        options: dict[str, Any] = {
            "host": host,
            "port": port,
            "socket_timeout": SEED_TIMEOUT_S,
            "socket_connect_timeout": SEED_TIMEOUT_S,
            "protocol": 2,
            "driver_info": None,
            **self._address.login,
        }
        if self.tls is None:
            return Connection(**options)
        seed = SSLConnection(**options)
        seed.ssl_context = self.tls
        return seed


def owner_of(slot: int, slots: Sequence[Any], *, seed_host: str) -> tuple[str, int]:
    """Host and port of the primary of `slot` in an answer to CLUSTER SLOTS (RESP 2) that came from `seed_host`.

    Raises redis-py's ConnectionError when the answer does not have it.
    """
    for first, last, primary, *_ in slots:
        if first <= slot <= last:
            return _host_of(primary, seed_host), primary[1]
    raise RedisConnectionError("the slot has no server")


def _host_of(node: Sequence[Any], seed_host: str) -> str:
    """Null or empty means "where you asked". "?" is a server without the hostname it should have: it has an IP."""
    host: bytes = node[0] or b""
    if host == b"?":
        more: Sequence[bytes] = node[3] if len(node) > 3 else ()
        host = dict(zip(more[::2], more[1::2], strict=False)).get(b"ip", b"")
    return host.decode() or seed_host


class OwnerConnection(Connection):
    """To the server that has the stream. One that has it no longer counts as lost: who owns it is asked again."""

    def __init__(self, *, owner: Owner, **options: Any) -> None:
        self._owner = owner
        super().__init__(**options)

    async def _connect(self) -> None:
        self.host, self.port = await self._owner.find()
        await super()._connect()  # type: ignore[no-untyped-call]

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """As redis-py's, but the retry of a lost connection, with its back-off, takes care of NOT_THE_OWNER."""
        try:
            return await super().read_response(*args, **options)
        except NOT_THE_OWNER as error:
            await self.disconnect(nowait=True)
            raise RedisConnectionError(f"the stream is elsewhere: {error}") from error


class SecureOwnerConnection(OwnerConnection, SSLConnection):
    """The same over TLS."""

    def __init__(self, *, owner: Owner, **options: Any) -> None:
        super().__init__(owner=owner, **options)
        if owner.tls is not None:
            self.ssl_context = owner.tls


def cluster_broker(address: ClusterAddress, stream: Stream, **options: Any) -> RedisBroker:
    """A FastStream broker for one stream, not yet connected; `options` are those of RedisBroker.

    Not FastStream's own for a Cluster: redis-py's Cluster client repeats a command at once, without a back-off, and
    runs MULTI on a thread with an event loop of its own, for which the process stands still.
    """
    return RedisBroker(**_connection(address, stream), **options)


def cluster_client(address: ClusterAddress, stream: Stream, **options: Any) -> Redis:
    """A client of the server that has the stream; `options` are those of BlockingConnectionPool."""
    return Redis.from_pool(BlockingConnectionPool(**_connection(address, stream), **options))


def _connection(address: ClusterAddress, stream: Stream) -> dict[str, Any]:
    return {
        "connection_class": SecureOwnerConnection if address.tls else OwnerConnection,
        "owner": Owner(address, stream),
        **address.login,
    }
