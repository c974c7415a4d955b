"""Two workers' loops against the simulated bank: one charge per key, one success per order, exact delays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gateway_core.acquiring.procedure import BOUNDS, ChargeWork
from gateway_core.acquiring.scenarios import Behaviour, TestMode
from gateway_core.acquiring.simulator import Simulator
from gateway_core.acquiring.sources import PAYMENTS
from gateway_core.db.pool import Pool
from gateway_core.domain.acquiring import Answer, Charge
from gateway_core.testing.factories import eventually
from gateway_core.testing.rows import Rows
from gateway_core.worker.due_loop import DueLoop

if TYPE_CHECKING:
    from tests.integration.acquiring.conftest import Bench

pytestmark = pytest.mark.integration

QUICK = Behaviour(
    upi_success_rate=1.0,
    card_success_rate=1.0,
    delay_min_ms=0,
    delay_max_ms=60,
    refund_delay_min_ms=0,
    refund_delay_max_ms=0,
    seed="fixed",
)


def working(pool: Pool, behaviour: Behaviour, workers: int = 2) -> AbstractAsyncContextManager[None]:
    """Due loops as in the real process, each with a bank of its own on the same ledger."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        stopping = asyncio.Event()
        bank = Simulator(pool, behaviour)
        loops = [
            DueLoop("payments", ChargeWork(pool, bank, PAYMENTS, lambda: None), BOUNDS)
            for _ in range(workers)
        ]
        async with asyncio.TaskGroup() as tasks:
            for loop in loops:
                tasks.create_task(loop.run(stopping))
            try:
                yield
            finally:
                stopping.set()

    return run()


async def all_final(rows: Rows) -> bool:
    unfinished = "SELECT count(*) FROM payments WHERE status NOT IN ('success', 'failed')"
    return bool(await rows.one(unfinished) == 0)


async def finished(rows: Rows, timeout_s: float = 15) -> None:
    await eventually(lambda: all_final(rows), timeout_s=timeout_s)
    assert await rows.violations() == {}
    twice = "SELECT key FROM simulator_charges WHERE submissions <> 1"
    assert await rows.values(twice) == []


async def test_twenty_payments_of_one_order_charge_once(pool: Pool, rows: Rows) -> None:
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * 20)
    async with working(pool, QUICK):
        await finished(rows)
    assert sorted(await rows.statuses(payment_ids)) == ["failed"] * 19 + ["success"]
    assert await rows.one("SELECT count(*) FROM simulator_charges") == 1
    assert await rows.one("SELECT count(*) FROM events WHERE type = 'payment.failed'") == 19


async def test_declined_ones_make_room_until_one_succeeds(pool: Pool, rows: Rows) -> None:
    order_ids = await rows.orders(20)
    declined = await rows.payments(*order_ids * 2, vpa="failure@bank")
    await rows.run("UPDATE payments SET created_at = created_at - interval '1 s'")
    approved = await rows.payments(*order_ids * 2, vpa="success@bank")
    async with working(pool, QUICK):
        await finished(rows)
    assert set(await rows.statuses(declined)) == {"failed"}
    assert sorted(await rows.statuses(approved)) == ["failed"] * 20 + ["success"] * 20
    reasons = await rows.read(
        "SELECT error_description AS reason, count(*) AS n FROM payments GROUP BY 1 ORDER BY 1"
    )
    assert [row["n"] for row in reasons] == [20, 40, 20]


async def test_a_short_delay_is_kept(pool: Pool, rows: Rows) -> None:
    """The loop must not sleep past a query that was scheduled after it had gone to sleep."""
    exact = replace(QUICK, test_mode=TestMode(delay_ms=100, success=True))
    async with working(pool, exact, workers=1):
        await rows.payment()
        await finished(rows)
        late_s = "SELECT extract(epoch FROM updated_at - final_at)::float8 FROM payments, simulator_charges"
        assert 0 <= await rows.one(late_s) < 0.4


async def test_answers_lost_on_the_way_are_found_by_a_query(pool: Pool, rows: Rows) -> None:
    payment_ids = await rows.payments(*await rows.orders(20), vpa="timeout@bank")
    async with working(pool, QUICK):
        await finished(rows)
    assert await rows.statuses(payment_ids) == ["success"] * 20


class DiesAfterBooking(Simulator):
    """The bank books the charges, and then the gateway's process is gone."""

    def __init__(self, pool: Pool, behaviour: Behaviour) -> None:
        super().__init__(pool, behaviour)
        self.booked = asyncio.Event()

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        answers = await super().submit(charges)
        self.booked.set()
        await asyncio.Event().wait()
        return answers


async def test_a_crash_after_the_booking_charges_nothing_twice(
    payments: Bench, pool: Pool, rows: Rows
) -> None:
    payment_ids = await rows.payments(*await rows.orders(10))
    bank = DiesAfterBooking(pool, QUICK)
    dying = asyncio.create_task(payments.step(payments.worker(bank)))
    await bank.booked.wait()
    dying.cancel()
    await asyncio.wait([dying])
    assert await rows.statuses(payment_ids) == ["processing"] * 10
    await payments.make_due()
    async with working(pool, QUICK):
        await finished(rows)
    assert await rows.statuses(payment_ids) == ["success"] * 10
    assert await rows.one("SELECT count(*) FROM simulator_charges") == 10


async def test_hundreds_of_payments_in_their_delay_hold_no_slot(pool: Pool, rows: Rows) -> None:
    """More than may be in flight: a payment that waits for the bank is a row, not a task."""
    slow = replace(QUICK, delay_min_ms=1_000, delay_max_ms=1_500)
    await rows.payments(*await rows.orders(2 * BOUNDS.max_in_flight))
    async with working(pool, slow, workers=1):
        await finished(rows, timeout_s=12)
