"""What connections to Sentinels and servers are made of; that they work is tested with real ones."""

from __future__ import annotations

from typing import Any

import pytest

from gateway_core.streams.broker import MAX_CLIENT_CONNECTIONS, RETRIES, SOCKET_TIMEOUT_S, open_client
from gateway_core.streams.names import Stream
from gateway_core.streams.sentinels import SENTINEL_TIMEOUT_S

URL = "{}://user:word@a:1,b:2/m/3?sentinel_password=other"


@pytest.mark.parametrize(("scheme", "tls"), [("redis+sentinel", False), ("rediss+sentinel", True)])
async def test_servers_and_sentinels_are_reached_with_their_own_logins_and_bounds(
    scheme: str, tls: bool
) -> None:
    client = open_client(URL.format(scheme))
    pool: Any = client.of(Stream.PAYMENTS).connection_pool
    server: Any = pool.make_connection()
    asked = [sentinel.connection_pool.make_connection() for sentinel in pool.sentinel_manager.sentinels]

    assert pool.max_connections == MAX_CLIENT_CONNECTIONS
    assert (server.username, server.password, server.db) == ("user", "word", 3)
    assert (server.socket_timeout, server.retry.get_retries()) == (SOCKET_TIMEOUT_S, RETRIES)
    assert [(each.host, each.port, each.password) for each in asked] == [("a", 1, "other"), ("b", 2, "other")]
    assert {(each.socket_timeout, each.retry.get_retries()) for each in asked} == {(SENTINEL_TIMEOUT_S, 0)}
    assert [hasattr(each, "ssl_context") for each in (server, *asked)] == [tls] * 3
    await client.aclose()
