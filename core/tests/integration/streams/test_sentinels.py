"""Redis behind Sentinels: the same wake-ups, through a primary that dies, moves and comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from devstack.cluster import make_folder
from devstack.ports import LOOPBACK, free_port
from devstack.servers import Server, start_redis
from gateway_core.streams.publisher import StreamUnavailable
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import OpenBench

pytestmark = pytest.mark.integration

MASTER = "gateway"
CONFIGURATION = """
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor gateway 127.0.0.1 {primary} {quorum}
sentinel down-after-milliseconds gateway 500
sentinel failover-timeout gateway 2000
"""
SETTLED_WITHIN_S = 10.0
PASSWORD, SENTINEL_PASSWORD = "p@ss:/word", "sentinel&word"


def start_sentinel(like: Server, folder: Path, *, quorum: int) -> Server:
    """A Sentinel of the primary `like`, by the same program and account."""
    make_folder(folder, like.account)
    port, file = free_port(), folder / "sentinel.conf"
    file.write_text(CONFIGURATION.format(port=port, folder=folder, primary=like.port, quorum=quorum))
    os.chown(file, like.account.uid, like.account.gid)  # it keeps its state there
    sentinel = replace(
        like,
        name="sentinel",
        url=f"redis://{LOOPBACK}:{port}",
        port=port,
        data_dir=folder,
        log_path=folder.with_suffix(".log"),
        command=(like.command[0], str(file), "--sentinel"),
        _process=None,
    )
    sentinel.start()
    return sentinel


async def ask(server: Server, *command: str | int, password: str | None = None) -> Any:
    client: Any = Redis(port=server.port, password=password)
    async with client:
        return await client.execute_command(*command)


class Group:
    """A primary, its replica and the Sentinels that watch both."""

    def __init__(self, primary: Server, replica: Server, sentinels: Sequence[Server]) -> None:
        self.primary, self.replica, self.sentinels = primary, replica, sentinels
        hosts = ",".join(f"{LOOPBACK}:{sentinel.port}" for sentinel in sentinels)
        self.url = f"redis+sentinel://{hosts}/{MASTER}/0"

    async def settled(self) -> None:
        """Returns once every Sentinel knows the other ones and a replica that could be promoted."""
        await eventually(self._is_settled, timeout_s=SETTLED_WITHIN_S)

    async def _is_settled(self) -> bool:
        for sentinel in self.sentinels:
            async with Redis(port=sentinel.port) as client:
                masters: Any = await client.sentinel_masters()
                replicas: Any = await client.sentinel_slaves(MASTER)
            assert masters[MASTER]["num-other-sentinels"] == len(self.sentinels) - 1
            assert [replica["master-link-status"] for replica in replicas] == ["ok"]
        return True

    async def primary_port(self) -> int:
        answer = await ask(self.sentinels[-1], "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
        return int(answer[1])


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    """What the test starts; the fixture ends it."""
    started: list[Server] = []
    yield started
    for server in started:
        server.kill()


@pytest_asyncio.fixture
async def group(servers: list[Server], tmp_path: Path) -> Group:
    primary = await asyncio.to_thread(start_redis, tmp_path / "primary")
    servers.append(primary)
    replica = await asyncio.to_thread(start_redis, tmp_path / "replica")
    servers.append(replica)
    await ask(primary, "CONFIG", "SET", "repl-diskless-sync-delay", 0)
    await ask(replica, "CONFIG", "SET", "repl-diskless-sync-delay", 0)
    await ask(replica, "REPLICAOF", LOOPBACK, primary.port)

    async def replicates() -> bool:
        return bool((await ask(replica, "INFO", "replication"))["master_link_status"] == "up")

    await eventually(replicates, timeout_s=SETTLED_WITHIN_S)
    for number in range(3):
        sentinel = await asyncio.to_thread(start_sentinel, primary, tmp_path / f"s{number}", quorum=2)
        servers.append(sentinel)
    return Group(primary, replica, servers[2:])


async def test_listening_and_publishing_go_on_at_the_promoted_replica(
    group: Group, bench_on: OpenBench
) -> None:
    await group.settled()
    # Two of three are a majority, and the first one is asked first.
    await asyncio.to_thread(group.sentinels[0].kill)
    bench = await bench_on(group.url)
    ear = await bench.listen()
    await bench.hears(ear)

    await asyncio.to_thread(group.primary.kill)

    await bench.hears(ear)
    assert await group.primary_port() == group.replica.port
    assert await bench.publisher.is_reachable()


@pytest.fixture
def guarded(servers: list[Server], tmp_path: Path) -> Server:
    """A Sentinel; it and its primary want a password each, and not the same."""
    primary = start_redis(tmp_path / "primary")
    servers.append(primary)
    sentinel = start_sentinel(primary, tmp_path / "sentinel", quorum=1)
    servers.append(sentinel)
    return sentinel


async def test_sentinels_and_servers_have_passwords_of_their_own(
    guarded: Server, servers: list[Server], bench_on: OpenBench
) -> None:
    await ask(servers[0], "CONFIG", "SET", "requirepass", PASSWORD)
    await ask(guarded, "SENTINEL", "SET", MASTER, "auth-pass", PASSWORD)
    await ask(guarded, "ACL", "SETUSER", "default", "resetpass", f">{SENTINEL_PASSWORD}")
    hosts = f":p%40ss%3A%2Fword@127.0.0.1:{guarded.port}"
    bench = await bench_on(f"redis+sentinel://{hosts}/{MASTER}?sentinel_password=sentinel%26word")
    await bench.hears(await bench.listen())


async def test_a_listener_waits_for_its_sentinels(
    tmp_path: Path, servers: list[Server], bench_on: OpenBench
) -> None:
    primary = await asyncio.to_thread(start_redis, tmp_path / "primary")
    servers.append(primary)
    sentinel = await asyncio.to_thread(start_sentinel, primary, tmp_path / "sentinel", quorum=1)
    servers.append(sentinel)
    await asyncio.to_thread(sentinel.stop)
    bench = await bench_on(f"redis+sentinel://{LOOPBACK}:{sentinel.port}/{MASTER}")
    ear = bench.start()
    with pytest.raises(StreamUnavailable):
        await bench.publish()
    await eventually(lambda: not ear.listener.is_listening())

    await asyncio.to_thread(sentinel.start)

    await bench.hears(ear)
