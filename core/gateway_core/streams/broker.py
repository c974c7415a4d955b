"""FastStream's broker for the Redis that REDIS_URL names: one server, one behind Sentinels, or a Cluster."""

from __future__ import annotations

import logging
from typing import Any, Final

from faststream.redis import RedisBroker, RedisClusterBroker, RedisSentinelBroker
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import RedisError

from gateway_core.runtime.redis_address import ClusterAddress, SentinelAddress, parse_redis_address

SOCKET_TIMEOUT_S: Final = 5.0  # longer than the listener's blocking read
CONNECT_TIMEOUT_S: Final = 2.0
SENTINEL_TIMEOUT_S: Final = 0.5  # they are asked one after the other
HEALTH_CHECK_INTERVAL_S: Final = 15.0
RETRIES: Final = 3

REDIS_TROUBLE: Final = (RedisError, OSError, TimeoutError)
"""What Redis being away, restarting or refusing looks like; ``TimeoutError`` is asyncio's, redis-py has its own."""


def make_broker(url: str) -> RedisBroker:
    """A broker that is not connected yet; ``url`` as REDIS_URL. Raises ValueError for one that is malformed."""
    options: dict[str, Any] = {
        "socket_timeout": SOCKET_TIMEOUT_S,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "health_check_interval": HEALTH_CHECK_INTERVAL_S,
        "retry": Retry(ExponentialBackoff(cap=0.5, base=0.05), RETRIES),
        "logger": _logger,
        "log_level": logging.DEBUG,
    }
    match parse_redis_address(url):
        case None:
            return RedisBroker(url, **options)
        case SentinelAddress() as address:
            return RedisSentinelBroker(**_sentinel_options(address), **options)
        case address:
            return RedisClusterBroker(**_cluster_options(address), **options)


async def stop_broker(broker: RedisBroker) -> None:
    """Disconnect, from the Sentinels too: FastStream's own stop leaves those connections open."""
    client: Any = await broker.connect()
    await broker.stop()
    if isinstance(broker, RedisSentinelBroker):
        await client.connection_pool.sentinel_manager.aclose()


def _sentinel_options(address: SentinelAddress) -> dict[str, Any]:
    return {
        "sentinels": address.sentinels,
        "sentinel_master_name": address.master,
        "sentinel_kwargs": {
            "socket_timeout": SENTINEL_TIMEOUT_S,
            "socket_connect_timeout": SENTINEL_TIMEOUT_S,
            "retry": Retry(NoBackoff(), 0),
            "ssl": address.tls,
            **address.sentinel_login,
            **address.tls_options,
        },
        "db": address.db,
        "ssl": address.tls,
        **address.login,
        **address.tls_options,
    }


def _cluster_options(address: ClusterAddress) -> dict[str, Any]:
    (host, port), *others = address.seeds
    return {
        "host": host,
        "port": port,
        "startup_nodes": others,
        "require_full_coverage": False,
        "ssl": address.tls,
        **address.login,
        **address.tls_options,
    }


def _shorten(record: logging.LogRecord) -> bool:
    """Redis being away is one warning, not an error with a traceback every few seconds."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, REDIS_TROUBLE):
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args = "Redis trouble: %s", (error,)
        record.exc_info = record.exc_text = None
    return True


# Below WARNING FastStream tells of each message and of each task that ends as it should.
_logger = logging.getLogger("gateway_core.streams.faststream")
_logger.setLevel(logging.WARNING)
_logger.addFilter(_shorten)
