"""A Redis Cluster of three shards, a stream on each: through a failover, a moved slot and a lost shard."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis
from redis.asyncio import Redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from devstack.cluster import make_folder
from devstack.ports import LOOPBACK, free_port, is_taken
from devstack.servers import Server
from gateway_core.runtime.redis_address import MAX_PORT
from gateway_core.streams.messages import EventRef, WakeUp
from gateway_core.streams.names import Stream
from gateway_core.streams.publisher import StreamUnavailable
from gateway_core.testing.factories import eventually

if TYPE_CHECKING:
    from tests.integration.streams.conftest import OpenBench

# redis-py's client does not close the connections to nodes that it could not reach in the end.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::ResourceWarning")]

PASSWORD = "p@ss:/word"
SETTINGS = {
    "bind": LOOPBACK,
    "save": "",
    "repl-diskless-sync-delay": "0",
    "repl-ping-replica-period": "1",  # without traffic a new replica counts for nothing until the first one
    "requirepass": PASSWORD,
    "masterauth": PASSWORD,
    "cluster-enabled": "yes",
    "cluster-node-timeout": "1000",
    "cluster-require-full-coverage": "no",
}
SETTLED_WITHIN_S = 20.0
BUS_PORT_OFFSET = 10_000
SLOTS = {stream: key_slot(stream.encode()) for stream in Stream}
NOWHERE = f"{LOOPBACK}:1"


def node_port() -> int:
    """A free port whose bus port, 10000 above, is free too."""
    while True:
        port = free_port()
        if port + BUS_PORT_OFFSET <= MAX_PORT and not is_taken(port + BUS_PORT_OFFSET):
            return port


def start_node(like: Server, folder: Path) -> Server:
    """A server of no Cluster yet, by the program and account of `like`."""
    make_folder(folder, like.account)
    port = node_port()
    settings = SETTINGS | {"dir": str(folder), "port": str(port)}
    node = replace(
        like,
        name="redis node",
        port=port,
        data_dir=folder,
        log_path=folder.with_suffix(".log"),
        command=(
            like.command[0],
            *(part for name, value in settings.items() for part in (f"--{name}", value)),
        ),
        ready=is_ready,
        _process=None,
    )
    node.start()
    return node


def is_ready(node: Server) -> bool:
    try:
        with redis.Redis(port=node.port, password=PASSWORD) as client:
            return bool(client.info("server")["process_id"] == node.process.pid)
    except redis.RedisError:
        return False


async def ask(node: Server, *command: str | int) -> Any:
    client: Any = Redis(port=node.port, password=PASSWORD, protocol=2, decode_responses=True)
    async with client:
        return await client.execute_command(*command)


async def id_of(node: Server) -> str:
    return str(await ask(node, "CLUSTER", "MYID"))


class Cluster:
    """Three primaries and one replica."""

    def __init__(self, nodes: Sequence[Server]) -> None:
        self.nodes = nodes
        seeds = ",".join([NOWHERE, *(f"{LOOPBACK}:{node.port}" for node in nodes)])
        self.url = f"redis+cluster://:p%40ss%3A%2Fword@{seeds}"

    async def form(self) -> None:
        """A stream on each primary; the replica follows the one that has REFUNDS."""
        *primaries, replica = self.nodes
        for epoch, node in enumerate(self.nodes, 1):
            await ask(node, "CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for node in self.nodes[1:]:
            await ask(self.nodes[0], "CLUSTER", "MEET", LOOPBACK, node.port)
        in_order = sorted(Stream, key=SLOTS.__getitem__)
        ends = [*(SLOTS[stream] for stream in in_order[:-1]), REDIS_CLUSTER_HASH_SLOTS - 1]
        for node, first, last in zip(primaries, [0, *(end + 1 for end in ends[:-1])], ends, strict=True):
            await ask(node, "CLUSTER", "ADDSLOTS", *range(first, last + 1))
        followed = await id_of(primaries[in_order.index(Stream.REFUNDS)])

        async def is_known() -> bool:
            return followed in await ask(replica, "CLUSTER", "NODES")

        await eventually(is_known, timeout_s=SETTLED_WITHIN_S)
        await ask(replica, "CLUSTER", "REPLICATE", followed)
        await self.settled()

    async def settled(self) -> None:
        """Returns once all servers agree on who has what, and the replica could be promoted."""
        await eventually(self._is_settled, timeout_s=SETTLED_WITHIN_S)

    async def _is_settled(self) -> bool:
        views = [await self._view(node) for node in self.nodes]
        assert views == views[:1] * len(self.nodes)
        assert {replica for _, _, _, *replicas in views[0] for replica in replicas}
        for node in self.nodes:
            assert "cluster_state:ok" in await ask(node, "CLUSTER", "INFO")
            assert (await ask(node, "INFO", "replication")).get("master_link_status", "up") == "up"
        return True

    async def _view(self, node: Server) -> list[tuple[int, ...]]:
        """First and last slot, port of the primary, ports of the replicas that are well."""
        slots = await ask(node, "CLUSTER", "SLOTS")
        return sorted((first, last, *(port for _, port, *_ in at)) for first, last, *at in slots)

    async def owner(self, stream: Stream) -> Server:
        running = next(node for node in self.nodes if node.running())
        view = await self._view(running)
        ports = [port for first, last, port, *_ in view if first <= SLOTS[stream] <= last]
        return next(node for node in self.nodes if node.port == ports[0])


@pytest.fixture(scope="module")
def cluster(redis_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Each test leaves it whole; where a stream is may change."""
    folder = tmp_path_factory.mktemp("cluster")
    nodes: list[Server] = []
    try:
        nodes.extend(start_node(redis_server, folder / f"{number}") for number in range(4))
        formed = Cluster(nodes)
        asyncio.run(formed.form())
        yield formed
    finally:
        for node in nodes:
            node.kill()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


async def test_each_stream_is_served_by_the_shard_that_has_it(cluster: Cluster, bench_on: OpenBench) -> None:
    assert len({(await cluster.owner(stream)).port for stream in Stream}) == 3
    benches = {stream: await bench_on(cluster.url, stream) for stream in Stream}
    ears = {stream: await bench.listen() for stream, bench in benches.items()}
    publisher = benches[Stream.PAYMENTS].publisher
    assert await publisher.is_reachable()

    messages = {
        stream: WakeUp(events=[EventRef(type="payment.created", subject_id=stream)]) for stream in Stream
    }
    await publisher.publish(messages)

    await eventually(lambda: {stream: ear.ids for stream, ear in ears.items()} == {s: [s] for s in Stream})


async def test_listening_and_publishing_go_on_at_the_promoted_replica(
    cluster: Cluster, bench_on: OpenBench
) -> None:
    bench, elsewhere = (
        await bench_on(cluster.url, Stream.REFUNDS),
        await bench_on(cluster.url, Stream.WEBHOOKS),
    )
    ear, other = await bench.listen(), await elsewhere.listen()
    primary = await cluster.owner(Stream.REFUNDS)

    await asyncio.to_thread(primary.kill)
    await elsewhere.hears(other)
    await bench.hears(ear)
    assert await cluster.owner(Stream.REFUNDS) is not primary

    await asyncio.to_thread(primary.start)
    await cluster.settled()
    await ask(primary, "CLUSTER", "FAILOVER")  # and back, while both are well

    async def is_back() -> bool:
        return await cluster.owner(Stream.REFUNDS) is primary

    await eventually(is_back, timeout_s=SETTLED_WITHIN_S)
    await bench.hears(ear)
    await cluster.settled()


async def test_a_stream_is_followed_to_where_its_slot_is_moved(cluster: Cluster, bench_on: OpenBench) -> None:
    stream = Stream.WEBHOOKS
    bench = await bench_on(cluster.url, stream)
    ear = await bench.listen()
    await bench.hears(ear)
    old, new = await cluster.owner(stream), await cluster.owner(Stream.PAYMENTS)
    old_id, new_id, slot = await id_of(old), await id_of(new), SLOTS[stream]

    await ask(new, "CLUSTER", "SETSLOT", slot, "IMPORTING", old_id)
    await ask(old, "CLUSTER", "SETSLOT", slot, "MIGRATING", new_id)
    keys = await ask(old, "CLUSTER", "GETKEYSINSLOT", slot, 10)
    await ask(old, "MIGRATE", LOOPBACK, new.port, "", 0, 5000, "AUTH", PASSWORD, "KEYS", *keys)
    for node in (new, old):
        await ask(node, "CLUSTER", "SETSLOT", slot, "NODE", new_id)

    await bench.hears(ear)
    await cluster.settled()
    assert await cluster.owner(stream) is new


async def test_a_lost_shard_does_not_stop_the_others(cluster: Cluster, bench_on: OpenBench) -> None:
    lost, kept = await bench_on(cluster.url, Stream.PAYMENTS), await bench_on(cluster.url, Stream.REFUNDS)
    idle, busy = await lost.listen(), await kept.listen()
    node = await cluster.owner(Stream.PAYMENTS)
    await asyncio.to_thread(node.kill)

    event = EventRef(type="refund.created", subject_id="ref_1")
    with pytest.raises(StreamUnavailable):
        await kept.publisher.publish(dict.fromkeys((Stream.PAYMENTS, Stream.REFUNDS), WakeUp(events=[event])))
    await eventually(lambda: busy.ids == ["ref_1"])
    assert not idle.heard

    await asyncio.to_thread(node.start)
    await lost.hears(idle)
    await cluster.settled()
