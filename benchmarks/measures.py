"""The measures: creations per second, and payments per second to the last verified webhook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from benchmarks.machine import PAYMENTS, WORKERS, Machine, Servers, machine

AT_ONCE: dict[str, str] = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "1"}
BANKS_PACE = {"PROCESSING_DELAY_MIN": "5000", "PROCESSING_DELAY_MAX": "10000", "UPI_SUCCESS_RATE": "1"}
CLIENTS = 64
MAX_CREATES_PER_S = 4_000
END_TIMEOUT_S = 240.0
POLL_EVERY_S = 0.25
IN_DELAY = "SELECT count(*) FROM payments WHERE status = 'processing'"


@dataclass(frozen=True)
class Measure:
    """One entry of the report; ``cpu_ms`` is CPU time per payment by process, ``others`` see ``Meter``."""

    name: str
    per_s: float
    target_per_s: float | None
    details: str
    cpu_ms: Mapping[str, float]
    others: float


async def create(servers: Servers, *, clients: int, seconds: float, target_per_s: float | None) -> Measure:
    """Creations of payments per second, while the workers process what is created."""
    async with machine(servers, AT_ONCE, *WORKERS) as gateway:
        await gateway.warm_up()
        orders = await gateway.orders(int(MAX_CREATES_PER_S * seconds))
        meter = gateway.meter()
        result = await gateway.load(clients=clients, seconds=seconds, orders=orders)
        cpu_ms, others = meter.per_payment(result["created"]), meter.others()
    return Measure(
        f"create/s, {clients} client{'s' if clients > 1 else ''}",
        result["created"] / (result["ended_s"] - result["started_s"]),
        target_per_s,
        _latency(result),
        cpu_ms,
        others,
    )


async def end_to_end(servers: Servers, *, payments: int, target_per_s: float) -> Measure:
    """From the first request to the last webhook of ``payments``, which the bank decides at once."""
    async with machine(servers, AT_ONCE, *WORKERS) as gateway:
        warmed_up = await gateway.warm_up()
        orders = await gateway.orders(payments)
        meter = gateway.meter()
        result = await gateway.load(clients=CLIENTS, seconds=END_TIMEOUT_S, orders=orders)
        last_s = await _all_complete(gateway, result, warmed_up)
        cpu_ms, others = meter.per_payment(payments), meter.others()
    created_s = result["ended_s"] - result["started_s"]
    per_s = payments / (last_s - result["started_s"])
    details = f"{payments:,} payments, 3 webhooks each; created in {created_s:.1f} s; {_latency(result)}"
    return Measure("end to end payments/s", per_s, target_per_s, details, cpu_ms, others)


async def end_to_end_with_delays(servers: Servers, *, payments: int, target_per_s: float) -> Measure:
    """The same with the bank's 5–10 s, all of ``payments`` in their delay at once.

    No API creates that many within 5 s here, so the payment processor starts once they are created. The time
    counts from the first request, the creation and the whole delay included.
    """
    at_first = [worker for worker in WORKERS if worker != PAYMENTS]
    async with machine(servers, BANKS_PACE, *at_first) as gateway:
        warmed_up = await gateway.warm_up()
        orders = await gateway.orders(payments)
        meter = gateway.meter()
        result = await gateway.load(clients=CLIENTS, seconds=END_TIMEOUT_S, orders=orders)
        await gateway.start(PAYMENTS)
        most = await _most_in_delay(gateway)
        last_s = await _all_complete(gateway, result, warmed_up)
        cpu_ms, others = meter.per_payment(payments), meter.others()
    per_s = payments / (last_s - result["started_s"])
    details = f"{payments:,} payments, {most:,} in their delay at once; {_latency(result)}"
    return Measure("end to end payments/s, 5-10 s delays", per_s, target_per_s, details, cpu_ms, others)


async def _most_in_delay(gateway: Machine) -> int:
    """The most payments that were with the bank at one instant, once their number falls again."""
    most, deadline_s = 0, time.monotonic() + END_TIMEOUT_S
    while time.monotonic() < deadline_s:
        [(now,)] = await gateway.query(IN_DELAY)
        if now < most:
            break
        most = now
        await asyncio.sleep(POLL_EVERY_S)
    return most


async def _all_complete(gateway: Machine, result: Mapping[str, Any], warmed_up: int) -> float:
    """When the last payment's last webhook was verified. Raises when some payment was not created or finished."""
    if result["others"]:
        raise RuntimeError(f"the API answered {result['others']}")
    deadline_s = time.monotonic() + END_TIMEOUT_S
    while (tally := await gateway.tally())["complete"] < warmed_up + result["created"]:
        if time.monotonic() > deadline_s:
            raise RuntimeError(f"unfinished after {END_TIMEOUT_S:.0f} s: {tally}")
        await asyncio.sleep(POLL_EVERY_S)
    if tally["refused"]:
        raise RuntimeError(f"{tally['refused']} signatures did not hold")
    return float(tally["last_s"])


def _latency(result: Mapping[str, Any]) -> str:
    cuts = quantiles(result["latencies_ms"], n=100)
    refused = f"; other answers: {result['others']}" if result["others"] else ""
    return f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms{refused}"
