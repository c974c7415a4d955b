"""Connections to Redis: FastStream's broker for consuming, a plain client for publishing and asking."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from faststream.redis import RedisBroker
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from gateway_core.runtime.redis_address import SentinelAddress, parse_redis_address
from gateway_core.streams.cluster import cluster_broker, cluster_client
from gateway_core.streams.messages import DATA_FIELD, Hint, encode
from gateway_core.streams.names import Stream
from gateway_core.streams.sentinels import sentinel_broker, sentinel_client

SOCKET_TIMEOUT_S = 5.0  # longer than any blocking read, see tuning.MAX_INTERVAL_MS
CONNECT_TIMEOUT_S = 2.0
HEALTH_CHECK_INTERVAL_S = 15.0
RETRIES = 8
PUBLISH_DEADLINE_S = 1.0
PING_DEADLINE_S = 1.0
MAX_CLIENT_CONNECTIONS = 16
MAX_PUBLISH_ENTRIES = 1000

# What Redis being away, restarting or refusing looks like. TimeoutError is asyncio's, redis-py has its own.
REDIS_TROUBLE = (RedisError, OSError, TimeoutError)


class StreamClient:
    """A client per stream: the same one for all, unless they are spread over a Cluster."""

    def __init__(self, clients: Mapping[Stream, Redis]) -> None:
        self._clients = clients

    def of(self, stream: Stream) -> Redis:
        """The client of the server that has the stream."""
        return self._clients[stream]

    def distinct(self) -> list[Redis]:
        """Each client once."""
        return list(dict.fromkeys(self._clients.values()))

    async def aclose(self) -> None:
        """Disconnects them all."""
        for client in self.distinct():
            await client.aclose()


class StreamUnavailable(Exception):
    """Redis did not take it, or did not answer in time. Try again later: the truth is in PostgreSQL."""


def make_broker(
    url: str, stream: Stream, *, graceful_timeout_s: float, logger: logging.Logger
) -> RedisBroker:
    """A FastStream broker for one stream, not yet connected; `url` as REDIS_URL.

    It tells `logger` of each batch at DEBUG, of a failed handler at ERROR. Raises ValueError for a bad url.
    """
    options: dict[str, Any] = {
        **_connection_options(),
        "graceful_timeout": graceful_timeout_s,
        "apply_types": False,
        "logger": logger,
        "log_level": logging.DEBUG,
    }
    match parse_redis_address(url):
        case None:
            return RedisBroker(url, **options)
        case SentinelAddress() as sentinels:
            return sentinel_broker(sentinels, **options)
        case cluster:
            return cluster_broker(cluster, stream, **options)


def open_client(url: str) -> StreamClient:
    """The client for Publisher, read_depth and is_reachable. Connects at first use; close it with `aclose()`.

    At most MAX_CLIENT_CONNECTIONS to a stream's server; further callers wait for one. Raises ValueError for a bad url.
    """
    options: dict[str, Any] = {
        **_connection_options(),
        "max_connections": MAX_CLIENT_CONNECTIONS,
        "timeout": CONNECT_TIMEOUT_S,
    }
    match parse_redis_address(url):
        case None:
            one = Redis.from_pool(BlockingConnectionPool.from_url(url, **options))
            return StreamClient(dict.fromkeys(Stream, one))
        case SentinelAddress() as sentinels:
            return StreamClient(dict.fromkeys(Stream, sentinel_client(sentinels, **options)))
        case cluster:
            return StreamClient({stream: cluster_client(cluster, stream, **options) for stream in Stream})


def _connection_options() -> dict[str, Any]:
    """Without the retry a restart of Redis loses acks."""
    return {
        "socket_timeout": SOCKET_TIMEOUT_S,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "health_check_interval": HEALTH_CHECK_INTERVAL_S,
        "retry": Retry(ExponentialBackoff(cap=1, base=0.05), RETRIES),
    }


async def is_reachable(client: StreamClient, *, deadline_s: float = PING_DEADLINE_S) -> bool:
    """Whether Redis answers a PING within `deadline_s`, for every stream. Never raises for Redis's sake."""
    try:
        async with asyncio.timeout(deadline_s):
            return all([await each.ping() for each in client.distinct()])
    except REDIS_TROUBLE:
        return False


class Publisher:
    """The relay's door to the streams."""

    def __init__(self, client: StreamClient, *, deadline_s: float = PUBLISH_DEADLINE_S) -> None:
        self._client = client
        self._deadline_s = deadline_s

    async def publish(self, entries: Sequence[tuple[Stream, Hint]]) -> None:
        """Adds the hints in order and in one round trip, to all servers at once. No MAXLEN: it trims unread ones.

        Raises StreamUnavailable within `deadline_s` when Redis is away or refuses any of them. Some may have
        been added by then: publish all of them again, a hint may come twice. Raises ValueError for more than
        MAX_PUBLISH_ENTRIES.
        """
        if len(entries) > MAX_PUBLISH_ENTRIES:
            raise ValueError(f"at most {MAX_PUBLISH_ENTRIES} hints in one batch")
        pipelines = {each: each.pipeline(transaction=False) for each in self._client.distinct()}
        for stream, hint in entries:
            pipelines[self._client.of(stream)].xadd(stream, {DATA_FIELD: await encode(hint)})
        running = [pipeline.execute() for pipeline in pipelines.values()]
        try:
            async with asyncio.timeout(self._deadline_s):
                # To the end, whatever comes of one: a server that is away does not keep hints from the others.
                for outcome in await asyncio.gather(*running, return_exceptions=True):
                    if isinstance(outcome, BaseException):
                        raise outcome
        except REDIS_TROUBLE as error:
            raise StreamUnavailable(f"{len(entries)} hints not published") from error
