from __future__ import annotations

import socket
from urllib.parse import urlsplit

import psycopg
import pytest

from devstack.servers import Server
from gateway_core.testing.databases import TemplateDatabase, flush_redis

pytestmark = pytest.mark.integration

seen: set[str] = set()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_migrated_database_of_its_own(database_url: str, turn: int) -> None:
    assert database_url not in seen
    seen.add(database_url)
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert ("payments",) in tables
        assert connection.execute("SELECT count(*) FROM merchants").fetchone() == (0,)
        connection.execute("CREATE TABLE left_behind (turn int)")


def test_a_copy_is_dropped_even_while_it_is_in_use(postgres_server: Server) -> None:
    with TemplateDatabase(postgres_server.url, name="second").copy() as url:
        connection = psycopg.connect(url)
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def redis_command(url: str, command: bytes) -> bytes:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 0), timeout=5) as connection:
        connection.sendall(command + b"\r\n")
        return connection.recv(1024)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_an_empty_redis(redis_url: str, turn: int) -> None:
    assert redis_command(redis_url, b"DBSIZE") == b":0\r\n"
    assert redis_command(redis_url, b"SET left behind") == b"+OK\r\n"


def test_flushing_a_redis_that_refuses_is_an_error(redis_url: str) -> None:
    redis_command(redis_url, b"CONFIG SET requirepass x")
    try:
        with pytest.raises(RuntimeError, match="NOAUTH"):
            flush_redis(redis_url)
    finally:
        redis_command(redis_url, b'AUTH x\r\nCONFIG SET requirepass ""')


def test_a_private_postgres_keeps_what_was_committed_over_a_crash(
    private_postgres: Server, postgres_server: Server
) -> None:
    assert private_postgres.port != postgres_server.port
    with psycopg.connect(private_postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT count(*) AS merchants FROM merchants")
    private_postgres.kill()
    private_postgres.start()
    with psycopg.connect(private_postgres.url) as connection:
        assert connection.execute("SELECT merchants FROM kept").fetchone() == (0,)


def test_a_private_redis_keeps_what_it_acknowledged_over_a_restart(private_redis: Server) -> None:
    redis_command(private_redis.url, b"SET kept 1")
    private_redis.restart()
    assert redis_command(private_redis.url, b"GET kept") == b"$1\r\n1\r\n"
