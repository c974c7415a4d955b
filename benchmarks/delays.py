"""Payments per second to the last verified webhook while the bank takes its 5–10 s."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from benchmarks.gateway import API, END_TIMEOUT_S, PAYMENTS, POLL_EVERY_S, THIS, WORKERS, Gateway, gateway
from benchmarks.usage import named
from devstack.servers import Server

BANKS_PACE: Final = {"PROCESSING_DELAY_MIN": "5000", "PROCESSING_DELAY_MAX": "10000", "UPI_SUCCESS_RATE": "1"}
CLIENTS: Final = 64
TARGET_PER_S: Final = 200
IN_DELAY: Final = "SELECT count(*) FROM payments WHERE status = 'processing'"


async def delays(postgres: Server, *, payments: int) -> None:
    """Create all ``payments`` while the processor is stopped, start it, and print the rate.

    The API cannot create that many within 5 s here. The time counts from the first request and includes
    creation and delay.
    """
    async with gateway(THIS, postgres) as on:
        await on.start(BANKS_PACE, API, *(worker for worker in WORKERS if worker != PAYMENTS))
        await on.send_webhooks()
        orders = await on.orders(payments)
        meter = on.meter()
        result = await on.create(orders, clients=CLIENTS)
        await on.start(BANKS_PACE, PAYMENTS)
        most = await _most_in_delay(on)
        ended_s = await on.completed_s("payment", payments)
        per_s = payments / (ended_s - result.started_s)
        print(f"payments/s to the last webhook, 5–10 s delays: {per_s:.0f} (target {TARGET_PER_S})")
        print(f"  {payments:,} payments, {most:,} in their delay at once; created at {result.per_s:.0f}/s")
        print(f"  CPU ms of a payment: {named(meter.per_payment(payments))}", flush=True)


async def _most_in_delay(on: Gateway) -> int:
    """The maximum of payments that the bank held at once, returned when their number falls."""
    most, deadline_s = 0, time.monotonic() + END_TIMEOUT_S
    while time.monotonic() < deadline_s:
        [(now,)] = await on.query(IN_DELAY)
        if now < most:
            break
        most = now
        await asyncio.sleep(POLL_EVERY_S)
    return most
