"""The simulated bank keeps its own ledger: one outcome per key, however often it is submitted or queried."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import errors

from gateway_core.acquiring.scenarios import DECLINE_REASON, REFUND_DECLINE_REASON, Behaviour, TestMode
from gateway_core.acquiring.simulator import LOST_ANSWER, NO_ANSWER, Simulator
from gateway_core.db.pool import Pool, transaction
from gateway_core.db.queries import simulator
from gateway_core.db.queries.simulator import BankCharge
from gateway_core.domain.acquiring import (
    Approved,
    Charge,
    ChargeKind,
    Declined,
    NotFound,
    PendingUntil,
    Unknown,
)
from gateway_core.testing.rows import Rows

pytestmark = pytest.mark.integration

AT_ONCE = Behaviour(
    upi_success_rate=1.0,
    card_success_rate=1.0,
    delay_min_ms=0,
    delay_max_ms=0,
    refund_delay_min_ms=0,
    refund_delay_max_ms=0,
    seed="fixed",
)
LATER = replace(AT_ONCE, delay_min_ms=5_000, delay_max_ms=5_000)


def charge(
    key: str, vpa: str = "buyer@bank", kind: ChargeKind = ChargeKind.PAYMENT, amount: int = 500
) -> Charge:
    return Charge(key=key, kind=kind, amount_minor=amount, currency="INR", method="upi", vpa=vpa)


async def end_all(rows: Rows) -> None:
    """Let the bank's delays be over."""
    await rows.run("UPDATE simulator_charges SET final_at = now()")


async def test_a_charge_is_pending_until_its_time(pool: Pool, rows: Rows) -> None:
    bank = Simulator(pool, LATER)
    (answer,) = await bank.submit([charge("pay_1")])
    (row,) = await rows.read("SELECT *, final_at - created_at AS delay FROM simulator_charges")
    assert answer == PendingUntil(row["final_at"])
    assert answer.at.utcoffset() == timedelta(0)
    assert row["delay"] == timedelta(seconds=5)
    assert (row["key"], row["kind"], row["amount"], row["submissions"]) == ("pay_1", "payment", 500, 1)
    assert await bank.query_status(["pay_1"]) == [answer]
    await end_all(rows)
    assert await bank.query_status(["pay_1"]) == [Approved()]


async def test_without_a_delay_the_answer_is_final(pool: Pool) -> None:
    bank = Simulator(pool, AT_ONCE)
    assert await bank.submit([charge("pay_1"), charge("pay_2", "failure@bank")]) == [
        Approved(),
        Declined(DECLINE_REASON),
    ]


async def test_test_mode_waits_exactly_as_told(pool: Pool, rows: Rows) -> None:
    bank = Simulator(pool, replace(LATER, test_mode=TestMode(delay_ms=1_234, success=False)))
    await bank.submit([charge("pay_1", "success@bank")])
    assert await rows.one("SELECT final_at - created_at FROM simulator_charges") == timedelta(
        milliseconds=1_234
    )
    await end_all(rows)
    assert await bank.query_status(["pay_1"]) == [Declined(DECLINE_REASON)]


async def test_a_key_that_is_submitted_again_keeps_its_first_fate(pool: Pool, rows: Rows) -> None:
    (first,) = await Simulator(pool, LATER).submit([charge("pay_1", "failure@bank")])
    again = await Simulator(pool, AT_ONCE).submit([charge("pay_1", "success@bank", amount=999)])
    assert again == [first]
    (row,) = await rows.read("SELECT outcome, amount, submissions FROM simulator_charges")
    assert row == {"outcome": "declined", "amount": 500, "submissions": 2}


async def test_submissions_at_once_make_one_charge(pool: Pool, rows: Rows) -> None:
    bank = Simulator(pool, LATER)
    answers = await asyncio.gather(*(bank.submit([charge("pay_1")]) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert await rows.values("SELECT submissions FROM simulator_charges") == [10]


async def test_answers_come_in_the_order_of_the_questions(pool: Pool) -> None:
    bank = Simulator(pool, AT_ONCE)
    keys = [f"pay_{number}" for number in range(60)]
    vpas = [("success@bank", "failure@bank", "unknown@bank")[number % 3] for number in range(60)]
    wanted = [(Approved(), Declined(DECLINE_REASON), Unknown(NO_ANSWER))[number % 3] for number in range(60)]
    assert await bank.submit([charge(key, vpa) for key, vpa in zip(keys, vpas, strict=True)]) == wanted
    assert await bank.query_status(keys[::-1]) == wanted[::-1]


async def test_a_key_that_never_arrived_is_not_found(pool: Pool) -> None:
    bank = Simulator(pool, AT_ONCE)
    await bank.submit([charge("pay_1")])
    assert await bank.query_status(["pay_0", "pay_1", "pay_2"]) == [NotFound(), Approved(), NotFound()]


@pytest.mark.parametrize(
    ("vpa", "kind"), [("timeout@bank", ChargeKind.PAYMENT), ("refund-timeout@bank", ChargeKind.REFUND)]
)
async def test_an_answer_that_is_lost_leaves_a_booked_charge(pool: Pool, vpa: str, kind: ChargeKind) -> None:
    bank = Simulator(pool, AT_ONCE)
    assert await bank.submit([charge("key_1", vpa, kind)]) == [Unknown(LOST_ANSWER)]
    assert await bank.query_status(["key_1"]) == [Approved()]


async def test_a_charge_that_the_bank_is_silent_about_stays_unknown(pool: Pool, rows: Rows) -> None:
    bank = Simulator(pool, LATER)
    (answer,) = await bank.submit([charge("pay_1", "unknown@bank")])
    assert isinstance(answer, PendingUntil)
    await end_all(rows)
    for _ in range(2):
        assert await bank.query_status(["pay_1"]) == [Unknown(NO_ANSWER)]


async def test_a_declined_refund_says_so(pool: Pool) -> None:
    bank = Simulator(pool, AT_ONCE)
    refused = charge("rfnd_1", "refund-failure@bank", ChargeKind.REFUND)
    assert await bank.submit([refused]) == [Declined(REFUND_DECLINE_REASON)]
    assert await bank.submit([charge("pay_1", "refund-failure@bank")]) == [Approved()]


async def test_asking_about_nothing_is_harmless(pool: Pool) -> None:
    bank = Simulator(pool, AT_ONCE)
    assert await bank.submit([]) == []
    assert await bank.query_status([]) == []


async def test_two_batches_of_the_same_charges_never_wait_for_each_other(pool: Pool, rows: Rows) -> None:
    """A worker whose lease ran out, and its successor: both take what they share in one order."""
    charges = [charge(key) for key in ("pay_b", "pay_a")]
    bank = Simulator(pool, AT_ONCE)
    async with transaction(pool) as conn:
        await simulator.book(conn, [BankCharge("pay_b", "payment", 500, "approved", None, 0)])
        waiting = asyncio.create_task(bank.submit(charges))
        while not await rows.one("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        with pytest.raises(
            errors.LockNotAvailable
        ):  # the first in order is taken already, though it came last
            async with transaction(pool) as other:
                await other.execute("SET LOCAL lock_timeout = '100ms'")
                await simulator.book(other, [BankCharge("pay_a", "payment", 500, "approved", None, 0)])
    assert await waiting == [Approved(), Approved()]
