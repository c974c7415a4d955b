"""The gateway beside a bare FastAPI application, and beside another checkout, in alternating short rounds."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import bare
from benchmarks.gateway import (
    API,
    FAST_BANK,
    SLOW_BANK,
    WORKERS,
    Gateway,
    Tree,
    gateway,
    import_path,
)
from benchmarks.http1 import render
from benchmarks.load import Exchange, Result, load
from benchmarks.report import BARE, Report, Row
from benchmarks.usage import named
from devstack.ports import LOOPBACK, free_port
from devstack.servers import Server
from gateway_core.testing.processes import Processes

CLIENTS: Final = 64
MAX_PER_S: Final = 4_000
MAX_PER_S_OF_ONE_CLIENT: Final = 1_000
READ_PAYMENTS: Final = 1_000
PACED_BANK: Final = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "300"}
PAYMENT_GAP_S: Final = 1.0
WARM_UP_GAP_S: Final = 0.1
BARE_PATH: Final = "/payments"
BARE_BODY: Final = '{"order_id": "order_1", "method": "upi", "vpa": "user@paytm"}'
BARE_READ: Final = Exchange(render("GET", f"{BARE_PATH}/pay_1"), "200", '"id":"pay_1"')
BARE_CREATE: Final = Exchange(render("POST", BARE_PATH, BARE_BODY), "201", '"order_id":"order_1"')

READS: Final = Row("reads of a payment/s, 64 clients", "0.20–0.22", "bare", at_least=0.50)
CREATES: Final = Row("creates/s, 64 clients", "0.16–0.18", "bare", at_least=0.35)
CREATES_P99: Final = Row("creates, 64 clients, p99 ms", "130–190", at_most=100)
LONE_CREATES: Final = Row("creates, one client, p50 ms", "14–19", "bare", at_most=5)
REFUNDS: Final = Row("refunds accepted/s, 64 clients", "0.03–0.05", "bare", at_least=0.25)
REFUNDS_DONE: Final = Row("refunds/s to the last webhook", "170–190", at_least=400)
PAYMENTS_DONE: Final = Row("payments/s to the last webhook", "", "other", at_least=1.3)
TRANSACTIONS: Final = Row("idle payment, transactions", "", "other", at_most=0.5)
ROUND_TRIPS: Final = Row("idle payment, round trips")
IDLE_TRANSACTIONS: Final = Row("idle gateway, transactions/s")
RESIDENT: Final = Row("resident MiB, API and 3 workers", "441", at_most=360)
START_UP: Final = Row("start to healthy, s", "", "other", at_most=1)
ROWS: Final = (
    READS,
    CREATES,
    CREATES_P99,
    LONE_CREATES,
    REFUNDS,
    REFUNDS_DONE,
    PAYMENTS_DONE,
    TRANSACTIONS,
    ROUND_TRIPS,
    IDLE_TRANSACTIONS,
    RESIDENT,
    START_UP,
)


@dataclass(frozen=True)
class Size:
    """The amount of work."""

    rounds: int
    seconds: float
    """Settings of a round against the bare application."""
    payments: int
    refunds: int
    idle_s: float
    idle_payments: int
    settle_s: float
    warm_up_payments: int


FULL: Final = Size(
    rounds=3,
    seconds=2.5,
    payments=1_500,
    refunds=1_000,
    idle_s=10.0,
    idle_payments=10,
    settle_s=2.0,
    warm_up_payments=30,
)
QUICK: Final = Size(
    rounds=1,
    seconds=0.5,
    payments=100,
    refunds=50,
    idle_s=1.0,
    idle_payments=2,
    settle_s=0.0,
    warm_up_payments=5,
)


@dataclass(frozen=True)
class Asked:
    """Transactions and round trips of each process within ``seconds``."""

    seconds: float
    counts: Mapping[str, tuple[float, float]]

    def beyond(self, idle: Asked) -> dict[str, tuple[float, float]]:
        """Transactions and round trips beyond those of the rates ``idle``."""
        longer = self.seconds / idle.seconds
        return {
            name: (transactions - idle.counts[name][0] * longer, round_trips - idle.counts[name][1] * longer)
            for name, (transactions, round_trips) in self.counts.items()
        }


async def _asked(on: Gateway, doing: Awaitable[None]) -> Asked:
    before, began_s = on.asked(), time.monotonic()
    await doing
    seconds = time.monotonic() - began_s
    counts = {name: (now[0] - before[name][0], now[1] - before[name][1]) for name, now in on.asked().items()}
    return Asked(seconds, counts)


class Ratios:
    """One run over the gateways of some trees. Only one of them has work at a time."""

    def __init__(self, gateways: Sequence[Gateway], bare_port: int, size: Size) -> None:
        self._gateways = gateways
        self._bare_port = bare_port
        self._size = size
        self._report = Report()
        self._cpu_ms: defaultdict[str, list[Mapping[str, float]]] = defaultdict(list)
        self._notes: list[str] = []

    async def run(self) -> None:
        """Measure, then print."""
        for part in (self._start_ups, self._idleness, self._to_the_last_webhook, self._against_bare):
            began_s = time.monotonic()
            await part()
            print(
                f"{part.__name__.strip('_').replace('_', ' ')}: {time.monotonic() - began_s:.0f} s",
                flush=True,
            )
        self._report.show(ROWS, [each.tree.name for each in self._gateways])
        print("\n".join(self._notes), flush=True)

    def _add(self, row: Row, on: Gateway, value: float) -> None:
        self._report.add(row.name, on.tree.name, value)

    async def _warm_up(self, on: Gateway) -> None:
        """A gateway that has run for a while has prepared its statements."""
        await on.pay(await on.orders(self._size.warm_up_payments), gap_s=WARM_UP_GAP_S)
        await on.quiet()

    async def _start_ups(self) -> None:
        for _ in range(self._size.rounds):
            for each in self._gateways:
                self._add(START_UP, each, await each.start(PACED_BANK, API, *WORKERS))
                await asyncio.sleep(self._size.settle_s)
                self._add(RESIDENT, each, each.rss_mib())
                await each.stop()

    async def _idleness(self) -> None:
        """The cost of one payment, without that of an idle gateway."""
        for each in self._gateways:
            await each.start(PACED_BANK, API, *WORKERS, counted=True)
            await each.send_webhooks()
            await self._warm_up(each)
            idle = await _asked(each, asyncio.sleep(self._size.idle_s))
            orders = await each.orders(self._size.idle_payments)
            busy = await _asked(each, each.pay(orders, gap_s=PAYMENT_GAP_S))
            await each.stop()
            cost = {
                name: (transactions / len(orders), round_trips / len(orders))
                for name, (transactions, round_trips) in busy.beyond(idle).items()
            }
            self._add(IDLE_TRANSACTIONS, each, sum(one for one, _ in idle.counts.values()) / idle.seconds)
            self._add(TRANSACTIONS, each, sum(transactions for transactions, _ in cost.values()))
            self._add(ROUND_TRIPS, each, sum(round_trips for _, round_trips in cost.values()))
            by_process = ", ".join(f"{name} {transactions:.1f}" for name, (transactions, _) in cost.items())
            self._notes.append(f"{each.tree.name}: transactions of an idle payment: {by_process}")

    async def _to_the_last_webhook(self) -> None:
        for each in self._gateways:
            await each.start(FAST_BANK, API, *WORKERS)
            await self._warm_up(each)
        for _ in range(self._size.rounds):
            for each in self._gateways:
                await self._pay(each)
            for each in self._gateways:
                await self._refund(each)
        for each in self._gateways:
            await each.stop()
            rounds = self._cpu_ms[each.tree.name]
            cpu_ms = {name: median(one[name] for one in rounds) for name in rounds[0]}
            self._notes.append(f"{each.tree.name}: CPU ms of a payment: {named(cpu_ms)}")

    async def _pay(self, on: Gateway) -> None:
        done, orders = await on.complete("payment"), await on.orders(self._size.payments)
        meter = on.meter()
        result = await on.create(orders, clients=CLIENTS)
        ended_s = await on.completed_s("payment", done + len(orders))
        self._add(PAYMENTS_DONE, on, len(orders) / (ended_s - result.started_s))
        self._cpu_ms[on.tree.name].append(meter.per_payment(len(orders)))
        await on.quiet()

    async def _refund(self, on: Gateway) -> None:
        done, count = await on.complete("refund"), self._size.refunds
        result = await on.refund(await on.paid(READ_PAYMENTS), count, clients=CLIENTS)
        ended_s = await on.completed_s("refund", done + count)
        self._add(REFUNDS_DONE, on, count / (ended_s - result.started_s))
        await on.quiet()

    async def _against_bare(self) -> None:
        """Without webhooks and with a slow bank, so that only the workers' claims compete with the API."""
        for each in self._gateways:
            await each.send_no_webhooks()
            await each.start(SLOW_BANK, API, *WORKERS)
            await self._warm_up(each)
        for _ in range(self._size.rounds):
            await self._reads()
            await self._creates()
            await self._lone_creates()
            await self._refunds()

    async def _reads(self) -> None:
        self._report.add(READS.name, BARE, (await self._bare(BARE_READ, clients=CLIENTS)).per_s)
        for each in self._gateways:
            payments = await each.paid(READ_PAYMENTS)
            self._add(
                READS, each, (await each.read(payments, clients=CLIENTS, seconds=self._size.seconds)).per_s
            )

    async def _creates(self) -> None:
        self._report.add(CREATES.name, BARE, (await self._bare(BARE_CREATE, clients=CLIENTS)).per_s)
        for each in self._gateways:
            result = await self._create(each, clients=CLIENTS)
            self._add(CREATES, each, result.per_s)
            self._add(CREATES_P99, each, result.percentile_ms(99))

    async def _lone_creates(self) -> None:
        result = await self._bare(BARE_CREATE, clients=1)
        self._report.add(LONE_CREATES.name, BARE, result.percentile_ms(50))
        for each in self._gateways:
            self._add(LONE_CREATES, each, (await self._create(each, clients=1)).percentile_ms(50))

    async def _refunds(self) -> None:
        self._report.add(REFUNDS.name, BARE, (await self._bare(BARE_CREATE, clients=CLIENTS)).per_s)
        for each in self._gateways:
            payments, most = await each.paid(READ_PAYMENTS), int(MAX_PER_S * self._size.seconds)
            result = await each.refund(payments, most, clients=CLIENTS, seconds=self._size.seconds)
            self._add(REFUNDS, each, result.per_s)
            await each.quiet()

    async def _create(self, on: Gateway, *, clients: int) -> Result:
        most_per_s = min(MAX_PER_S, MAX_PER_S_OF_ONE_CLIENT * clients)
        orders = await on.orders(int(most_per_s * self._size.seconds))
        result = await on.create(orders, clients=clients, seconds=self._size.seconds)
        await on.quiet()
        return result

    async def _bare(self, exchange: Exchange, *, clients: int) -> Result:
        seconds = self._size.seconds
        return await load(self._bare_port, [exchange], clients=clients, seconds=seconds, repeat=True)


@asynccontextmanager
async def _bare_server() -> AsyncIterator[int]:
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder, Processes(Path(folder)) as processes:
        port = free_port()
        server = processes.start(bare.__name__, str(port), env=import_path())
        await server.healthy(f"http://{LOOPBACK}:{port}{BARE_PATH}/pay_1")
        yield port


async def ratios(postgres: Server, trees: Sequence[Tree], *, quick: bool) -> None:
    """Measure ``trees``, of which the first is judged, and print the table."""
    async with AsyncExitStack() as stack:
        bare_port = await stack.enter_async_context(_bare_server())
        gateways = [await stack.enter_async_context(gateway(tree, postgres)) for tree in trees]
        await Ratios(gateways, bare_port, QUICK if quick else FULL).run()
