"""What connections to a Cluster are made of, and how its answer is read; that they work is tested with a real one."""

from __future__ import annotations

from typing import Any

import pytest
from redis.crc import key_slot
from redis.exceptions import ConnectionError as RedisConnectionError

from gateway_core.streams.broker import MAX_CLIENT_CONNECTIONS, RETRIES, SOCKET_TIMEOUT_S, open_client
from gateway_core.streams.cluster import owner_of
from gateway_core.streams.names import Stream

ID = b"07c37dfeb235213a872192d90877d0cd55635b91"
REPLICA = [b"10.0.0.9", 6379, ID, []]
NO_HOSTNAME = [b"?", 7, ID, [b"ip", b"10.0.0.1"]]


@pytest.mark.parametrize(("scheme", "tls"), [("redis+cluster", False), ("rediss+cluster", True)])
async def test_each_stream_has_a_bounded_pool_to_its_server(scheme: str, tls: bool) -> None:
    client = open_client(f"{scheme}://user:s3cret@a:1,b:2")
    pools: list[Any] = [client.of(stream).connection_pool for stream in Stream]
    server: Any = pools[0].make_connection()

    assert len({*pools}) == len(Stream)
    assert {pool.max_connections for pool in pools} == {MAX_CLIENT_CONNECTIONS}
    assert (server.username, server.password, server.db) == ("user", "s3cret", 0)
    assert (server.socket_timeout, server.retry.get_retries()) == (SOCKET_TIMEOUT_S, RETRIES)
    assert hasattr(server, "ssl_context") == tls
    assert not tls or server.ssl_context is pools[0].make_connection().ssl_context  # costly to make
    assert "s3cret" not in f"{pools[0]!r}"
    await client.aclose()


@pytest.mark.parametrize(
    ("node", "owner"),
    [
        ([b"10.0.0.1", 6379, ID], ("10.0.0.1", 6379)),  # before version 7
        ([b"fd00::1", 6380, ID, []], ("fd00::1", 6380)),
        ([b"redis-0.redis.svc", 6379, ID, [b"ip", b"10.0.0.1"]], ("redis-0.redis.svc", 6379)),
        (
            [None, 7, ID, [b"ip", b"10.0.0.1"]],
            ("seed", 7),
        ),  # cluster-preferred-endpoint-type unknown-endpoint
        ([b"", 7, ID, []], ("seed", 7)),  # it does not know its address yet
        (NO_HOSTNAME, ("10.0.0.1", 7)),  # cluster-preferred-endpoint-type hostname, and none is set
        ([b"?", 7, ID, []], ("seed", 7)),
        ([b"?", 7, ID], ("seed", 7)),
    ],
)
def test_the_primary_of_the_slot_is_where_it_says(node: list[Any], owner: tuple[str, int]) -> None:
    slots = [[0, 99, REPLICA], [100, 200, node, REPLICA], [201, 16383, REPLICA]]
    assert [owner_of(slot, slots, seed_host="seed") for slot in (100, 150, 200)] == [owner] * 3


@pytest.mark.parametrize("slots", [[], [[0, 99, REPLICA], [101, 16383, REPLICA]]])
def test_a_slot_without_a_server_is_a_lost_connection(slots: list[Any]) -> None:
    with pytest.raises(RedisConnectionError):
        owner_of(100, slots, seed_host="seed")


def test_a_stream_and_its_quarantine_are_on_one_server() -> None:
    for stream in Stream:
        assert key_slot(stream.encode()) == key_slot(stream.quarantine.encode())
