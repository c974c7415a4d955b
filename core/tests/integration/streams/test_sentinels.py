"""Redis behind Sentinels: the same hints, through a primary that dies, moves and comes back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from devstack.cluster import make_folder
from devstack.ports import LOOPBACK, free_port
from devstack.servers import Server, start_redis
from gateway_core.streams import StreamUnavailable, is_reachable
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import Bench, Worker

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
HANDLED_WITHIN_S = 4.0  # also after a failover: less than FastStream's pause of 5 s after a read that failed
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


@pytest_asyncio.fixture
async def group_bench(group: Group, bench_on: Callable[[str], Bench]) -> Bench:
    await group.settled()
    return bench_on(group.url)


async def handled(worker: Worker, ids: list[str]) -> None:
    await worker.handles(ids, within_s=HANDLED_WITHIN_S)


async def test_consuming_and_publishing_go_on_at_the_promoted_replica(
    group: Group, group_bench: Bench
) -> None:
    # Two of three are a majority, and the first one is asked first.
    await asyncio.to_thread(group.sentinels[0].kill)
    before = await group_bench.publish(5)
    worker = await group_bench.start_alive()
    await handled(worker, before)
    await group_bench.drained()
    assert [len(call) for call in worker.calls] == [5]

    await asyncio.to_thread(group.primary.kill)
    assert not await is_reachable(group_bench.clients)
    after = await group_bench.publish_when_possible(5)

    await handled(worker, after)
    assert await group.primary_port() == group.replica.port
    assert await is_reachable(group_bench.clients)
    assert worker.alive()
    await group_bench.drained()


@pytest.fixture
def guarded(servers: list[Server], tmp_path: Path) -> Server:
    """A Sentinel; it and its primary want a password each, and not the same."""
    primary = start_redis(tmp_path / "primary")
    servers.append(primary)
    sentinel = start_sentinel(primary, tmp_path / "sentinel", quorum=1)
    servers.append(sentinel)
    return sentinel


async def test_passwords_a_lost_group_and_a_clean_close(
    guarded: Server, servers: list[Server], bench_on: Callable[[str], Bench]
) -> None:
    await ask(servers[0], "CONFIG", "SET", "requirepass", PASSWORD)
    await ask(guarded, "SENTINEL", "SET", MASTER, "auth-pass", PASSWORD)
    await ask(guarded, "ACL", "SETUSER", "default", "resetpass", f">{SENTINEL_PASSWORD}")
    hosts = f":p%40ss%3A%2Fword@127.0.0.1:{guarded.port}"
    bench = bench_on(f"redis+sentinel://{hosts}/{MASTER}?sentinel_password=sentinel%26word")
    worker = await bench.start_alive()
    await handled(worker, await bench.publish(3))

    await bench.client.flushall()
    await handled(worker, await bench.publish(3))

    assert await ours(guarded) > 0
    await bench.close()

    async def none_left() -> bool:
        return await ours(guarded) == 0

    await eventually(none_left)


async def ours(sentinel: Server) -> int:
    """How many connections of redis-py the Sentinel has, this question's not counted. Before Redis 7.2 they have no
    such name; nobody else connects to a single Sentinel.
    """
    async with Redis(port=sentinel.port, password=SENTINEL_PASSWORD) as client:
        connected: Any = await client.client_list()
    return sum("redis-py" in each.get("lib-name", "redis-py") for each in connected) - 1


async def test_a_subscription_waits_for_its_sentinels(
    tmp_path: Path, servers: list[Server], bench_on: Callable[[str], Bench]
) -> None:
    primary = await asyncio.to_thread(start_redis, tmp_path / "primary")
    servers.append(primary)
    sentinel = await asyncio.to_thread(start_sentinel, primary, tmp_path / "sentinel", quorum=1)
    servers.append(sentinel)
    await asyncio.to_thread(sentinel.stop)
    bench = bench_on(f"redis+sentinel://{LOOPBACK}:{sentinel.port}/{MASTER}")
    worker = await bench.start()
    with pytest.raises(StreamUnavailable):
        await bench.publish(1)
    assert not worker.alive()

    await asyncio.to_thread(sentinel.start)

    await eventually(worker.alive, timeout_s=SETTLED_WITHIN_S)
    await handled(worker, await bench.publish(1))
