"""Fairness, several dispatchers, crashes, outages, stops: no delivery is lost, no attempt recorded twice."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from devstack.servers import Server
from gateway_core.testing.answers import hang, respond
from gateway_core.testing.factories import eventually
from gateway_core.testing.processes import Processes, ServiceProcess
from gateway_core.testing.receiver import Receiver
from webhook_dispatcher.app import BOUNDS

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

pytestmark = pytest.mark.integration


async def test_a_hanging_merchant_neither_takes_every_slot_nor_delays_another(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.script(then=hang(), path="/hanging")
    await bench.announce(await bench.merchant(receiver.url("/hanging")), 100)
    async with bench.dispatching(webhook_max_in_flight_per_merchant=5, shutdown_grace_s=1) as stopping:
        await eventually(lambda: len(receiver.received("/hanging")) == 5)
        await bench.announce(await bench.merchant(receiver.url("/healthy")), 100)
        await bench.until_status("success", 100)
        assert len(receiver.received("/hanging")) == 5
        stopping.set()
    assert len(receiver.received("/healthy")) == 100


FEW_SLOTS = replace(BOUNDS, max_in_flight=32)


async def test_many_hanging_merchants_do_not_delay_a_healthy_one(bench: Bench, receiver: Receiver) -> None:
    """They have more first deliveries than there are slots. None of their attempts ends before the healthy one's."""
    receiver.script(then=hang(), path="/hanging")
    for _ in range(16):
        await bench.announce(await bench.merchant(receiver.url("/hanging")), 10)
    async with bench.dispatching(bounds=FEW_SLOTS, shutdown_grace_s=1) as stopping:
        await eventually(lambda: len(receiver.received("/hanging")) >= 16)
        await bench.announce(await bench.merchant(receiver.url("/healthy")), 40)
        await bench.until_status("success", 40)
        assert len(await bench.attempts()) == 40
        stopping.set()
    assert len(receiver.received("/healthy")) == 40


async def test_a_merchants_slots_are_reused_as_soon_as_they_are_free(
    bench: Bench, receiver: Receiver
) -> None:
    receiver.script(then=respond(200, delay_s=0.1))
    await bench.announce(await bench.merchant(receiver.url()), 40)
    async with bench.dispatching(webhook_max_in_flight_per_merchant=4):
        await bench.until_status("success", 40, timeout_s=6)


async def test_two_dispatchers_send_and_record_once(bench: Bench, receiver: Receiver) -> None:
    receiver.script(then=respond(200, delay_s=0.02))
    merchants = [await bench.merchant(receiver.url(f"/{n}")) for n in range(3)]
    async with bench.dispatching(), bench.dispatching():
        for merchant_id in merchants:
            await bench.announce(merchant_id, 150)
        await bench.until_status("success", 450)
    assert receiver.total == 450
    assert await bench.rows.one("SELECT count(*) FROM webhook_attempts") == 450
    assert await bench.rows.violations() == {}


async def test_stopping_waits_for_responses_and_releases_the_rest(bench: Bench, receiver: Receiver) -> None:
    receiver.script(respond(200, delay_s=0.4), hang())
    await bench.announce(await bench.merchant(receiver.url()), 2)
    async with bench.dispatching(shutdown_grace_s=2) as stopping:
        await receiver.wait_for(2)
        stopping.set()
    rows = await bench.rows.read("SELECT * FROM webhook_logs ORDER BY status")
    assert [row["status"] for row in rows] == ["pending", "success"]
    assert (rows[0]["attempts"], rows[0]["leased_until"], rows[0]["last_error"]) == (0, None, "interrupted")
    assert sorted(str(attempt["error"]) for attempt in await bench.attempts()) == ["None", "interrupted"]
    assert await bench.rows.violations() == {}
    receiver.script()
    async with bench.dispatching():
        await bench.until_status("success", 2)


async def test_an_attempt_survives_an_outage_of_postgresql(
    private_bench: Bench, private_postgres: Server, receiver: Receiver
) -> None:
    bench = private_bench
    receiver.script(respond(200, delay_s=0.5))
    await bench.announce(await bench.merchant(receiver.url()))
    async with bench.dispatching():
        await receiver.wait_for(1)
        await asyncio.to_thread(private_postgres.kill)
        await asyncio.sleep(1)  # the answer arrives in the outage
        await asyncio.to_thread(private_postgres.start)
        await bench.pool.drain()
        await bench.until_status("success")
    assert receiver.total == 1
    assert len(await bench.attempts()) == 1


def start_dispatcher(processes: Processes, bench: Bench, redis_url: str) -> ServiceProcess:
    return processes.start(
        "webhook_dispatcher",
        env={
            "GATEWAY_ENV": "local",
            "DATABASE_URL": bench.database_url,
            "REDIS_URL": redis_url,
            "ENCRYPTION_KEY": bench.encryption_key,
            "METRICS_PORT": "0",
            "SHUTDOWN_GRACE_S": "6",
        },
    )


@pytest.mark.e2e
async def test_killed_amid_sending_every_delivery_is_sent_again(
    bench: Bench, receiver: Receiver, processes: Processes, redis_url: str
) -> None:
    receiver.script(then=hang())
    for _ in range(5):
        await bench.announce(await bench.merchant(receiver.url()), 6)
    dispatcher = start_dispatcher(processes, bench, redis_url)
    await receiver.wait_for(30)
    dispatcher.kill()
    assert await bench.rows.one("SELECT count(*) FROM webhook_logs WHERE leased_until > now()") == 30
    receiver.script()
    await bench.make_due()
    second = start_dispatcher(processes, bench, redis_url)
    await bench.until_status("success", 30)
    assert await second.stop() == 0
    assert {row["attempts"] for row in await bench.rows.read("SELECT attempts FROM webhook_logs")} == {1}
    assert await bench.rows.violations() == {}


@pytest.mark.e2e
async def test_sigterm_ends_the_process_in_time_though_receivers_hang(
    bench: Bench, receiver: Receiver, processes: Processes, redis_url: str
) -> None:
    receiver.script(then=hang())
    await bench.announce(await bench.merchant(receiver.url()), 3)
    dispatcher = start_dispatcher(processes, bench, redis_url)
    await receiver.wait_for(3)
    dispatcher.signal(signal.SIGTERM)
    assert await dispatcher.wait(timeout_s=8) == 0, dispatcher.output
    released = (
        "SELECT count(*) FROM webhook_logs WHERE status = 'pending' AND leased_until IS NULL AND attempts = 0"
    )
    assert await bench.rows.one(released) == 3
