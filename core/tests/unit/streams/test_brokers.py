"""The options of a broker; other tests use it on real servers."""

from __future__ import annotations

from typing import Any

import pytest
from faststream.redis import RedisClusterBroker, RedisSentinelBroker
from redis.asyncio import SSLConnection

from gateway_core.streams.broker import RETRIES, SENTINEL_TIMEOUT_S, SOCKET_TIMEOUT_S, make_broker
from gateway_core.streams.names import Stream


def test_the_streams_are_those_of_the_contract() -> None:
    assert {*Stream} == {"payment-processing", "webhook-delivery", "refund-processing"}


@pytest.mark.parametrize(("scheme", "tls"), [("redis+sentinel", False), ("rediss+sentinel", True)])
async def test_servers_and_sentinels_are_reached_with_their_own_logins_and_bounds(
    scheme: str, tls: bool
) -> None:
    broker = make_broker(f"{scheme}://user:word@a:1,b:2/m/3?sentinel_password=other")
    assert isinstance(broker, RedisSentinelBroker)
    client: Any = await broker.connect()
    pool = client.connection_pool
    server = pool.make_connection()
    asked = [sentinel.connection_pool.make_connection() for sentinel in pool.sentinel_manager.sentinels]

    assert (server.username, server.password, server.db) == ("user", "word", 3)
    assert (server.socket_timeout, server.retry.get_retries()) == (SOCKET_TIMEOUT_S, RETRIES)
    assert [(each.host, each.port, each.password) for each in asked] == [("a", 1, "other"), ("b", 2, "other")]
    assert {(each.socket_timeout, each.retry.get_retries()) for each in asked} == {(SENTINEL_TIMEOUT_S, 0)}
    assert [hasattr(each, "ssl_context") for each in (server, *asked)] == [tls] * 3
    await broker.stop()


@pytest.mark.parametrize(("scheme", "tls"), [("redis+cluster", False), ("rediss+cluster", True)])
async def test_every_seed_of_a_cluster_is_known(scheme: str, tls: bool) -> None:
    broker = make_broker(f"{scheme}://user:s3cret@a:1,[fd00::1]:2")
    assert isinstance(broker, RedisClusterBroker)
    client: Any = await broker.connect()
    nodes = client.nodes_manager.startup_nodes.values()

    assert [(node.host, node.port) for node in nodes] == [("a", 1), ("fd00::1", 2)]
    options = client.connection_kwargs
    assert (options["username"], options["password"]) == ("user", "s3cret")
    assert options["socket_timeout"] == SOCKET_TIMEOUT_S
    assert issubclass(options["connection_class"], SSLConnection) == tls
    await broker.stop()


@pytest.mark.parametrize("url", ["nonsense://nowhere", "redis+sentinel://a"])
def test_a_malformed_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        make_broker(url)
