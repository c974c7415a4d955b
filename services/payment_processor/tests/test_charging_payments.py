"""Submit → look up → settle: each payment is driven once, whatever the acquirer says and whoever dies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from gateway_core.acquirer.processing import CALL_DEADLINE_S, LEASE_S, ChargeWork
from gateway_core.db.pool import POOL_WAIT_S
from gateway_core.domain.acquiring import (
    LOOK_UP_GAPS_S,
    REVIEW_FROM_LOOK_UP,
    Approved,
    Charge,
    ChargeKind,
    Declined,
    NotFound,
    PendingUntil,
    Unknown,
)
from gateway_core.testing.rows import AMOUNT_MINOR, NOTES, RECEIPT, Rows
from payment_processor.handler import PaymentCharges

if TYPE_CHECKING:
    from tests.conftest import Bank, Bench

pytestmark = pytest.mark.integration

CREATED = ["payment.created", "payment.pending"]
SUCCEEDED = [*CREATED, "payment.success"]
FAILED = [*CREATED, "payment.failed"]


def test_a_lease_outlives_everything_that_may_happen_in_it() -> None:
    look_up_submit_and_record_s = CALL_DEADLINE_S + CALL_DEADLINE_S + POOL_WAIT_S
    assert look_up_submit_and_record_s < LEASE_S


async def test_a_payment_is_submitted_waited_for_looked_up_and_settled(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await rows.payment()
    final_at = datetime.now(UTC) + timedelta(seconds=7.5)
    bank.on_submit[payment_id] = [PendingUntil(final_at)]
    assert await bench.step() == [payment_id]
    row = await bench.row(payment_id)
    assert (row["status"], row["next_attempt_at"], row["look_ups"]) == ("processing", final_at, 0)
    assert (await bench.events_of(payment_id), bench.announced) == (CREATED, 0)
    assert await bench.step() == []

    await bench.make_due()
    assert await bench.step() == [payment_id]
    row = await bench.row(payment_id)
    assert (row["status"], row["next_attempt_at"], row["error_code"]) == ("success", None, None)
    assert await bench.events_of(payment_id) == SUCCEEDED
    assert bench.announced == 1
    assert (bank.submitted, bank.looked_up) == ([payment_id], [payment_id])
    assert await rows.violations() == {}


async def test_the_acquirer_is_told_amount_and_instrument(bench: Bench, bank: Bank, rows: Rows) -> None:
    by_upi = await rows.payment(vpa="a.buyer@okbank")
    by_card = await rows.card_payment("4242", "rupay")
    await bench.step()
    charge_of = {charge.key: charge for charge in bank.charges}
    assert charge_of[by_upi] == Charge(
        key=by_upi,
        kind=ChargeKind.PAYMENT,
        amount_minor=AMOUNT_MINOR,
        currency="INR",
        method="upi",
        vpa="a.buyer@okbank",
    )
    assert charge_of[by_card] == Charge(
        key=by_card,
        kind=ChargeKind.PAYMENT,
        amount_minor=AMOUNT_MINOR,
        currency="INR",
        method="card",
        card_network="rupay",
        card_last4="4242",
    )


async def test_a_success_is_announced_with_exactly_these_bytes(bench: Bench, rows: Rows) -> None:
    payment_id = await rows.payment(vpa="a.buyer@okbank")
    await bench.step()
    row = await bench.row(payment_id)
    body = {
        "event": "payment.success",
        "timestamp": int(row["updated_at"].timestamp()),
        "data": {
            "payment": {
                "id": payment_id,
                "entity": "payment",
                "order_id": row["order_id"],
                "amount": AMOUNT_MINOR,
                "currency": "INR",
                "method": "upi",
                "vpa": "a.buyer@okbank",
                "status": "success",
                "captured": False,
                "error_code": None,
                "error_description": None,
                "receipt": RECEIPT,
                "notes": NOTES,
                "created_at": "2024-01-15T10:30:00.123Z",
            }
        },
    }
    (event,) = await rows.read("SELECT * FROM events WHERE type = 'payment.success'")
    assert bytes(event["payload"]).decode() == json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    assert (event["subject_id"], event["merchant_id"]) == (payment_id, row["merchant_id"])


async def test_a_failure_says_why_in_the_row_and_in_the_event(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await rows.card_payment("0002", "mastercard")
    bank.on_submit[payment_id] = [Declined("Insufficient funds ₹")]
    await bench.step()
    row = await bench.row(payment_id)
    assert (row["status"], row["error_code"], row["error_description"]) == (
        "failed",
        "PAYMENT_FAILED",
        "Insufficient funds ₹",
    )
    assert await bench.events_of(payment_id) == FAILED
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'payment.failed'")
    payment = json.loads(payload)["data"]["payment"]
    assert (payment["status"], payment["error_code"]) == ("failed", "PAYMENT_FAILED")
    assert payment["error_description"] == "Insufficient funds ₹"
    assert (payment["card_network"], payment["card_last4"], "vpa" in payment) == ("mastercard", "0002", False)


async def test_the_event_carries_the_payments_trace(bench: Bench, rows: Rows) -> None:
    await rows.payment()
    await rows.run("UPDATE payments SET traceparent = '00-trace-span-01'")
    await bench.step()
    assert (
        await rows.one("SELECT traceparent FROM events WHERE type = 'payment.success'") == "00-trace-span-01"
    )


async def test_what_died_before_the_submit_is_submitted_once(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await rows.payment()
    bank.on_look_up[payment_id] = [NotFound()]
    await bench.work.claim(10)  # and the process dies
    await bench.make_due()
    await bench.step()
    assert (bank.looked_up, bank.submitted) == ([payment_id], [payment_id])
    assert await bench.events_of(payment_id) == SUCCEEDED


async def test_what_died_after_the_submit_is_looked_up(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await rows.payment()
    submitted = asyncio.Event()

    async def die() -> None:
        submitted.set()
        await asyncio.Event().wait()

    bank.trouble = die
    dying = asyncio.create_task(bench.work.process(await bench.work.claim(10)))
    await submitted.wait()
    dying.cancel()
    await asyncio.wait([dying])
    assert (await bench.row(payment_id))["status"] == "processing"

    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, bank.looked_up) == ([payment_id], [payment_id])
    assert await bench.events_of(payment_id) == SUCCEEDED


async def test_an_outcome_that_cannot_be_recorded_is_looked_up_later(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await rows.payment()
    await rows.run(
        "ALTER TABLE payments ADD CONSTRAINT full_disk CHECK (status <> 'success')",
    )
    with pytest.raises(errors.CheckViolation):
        await bench.step()
    assert (await bench.events_of(payment_id), bench.announced) == (CREATED, 0)
    await rows.run("ALTER TABLE payments DROP CONSTRAINT full_disk")
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, bank.looked_up) == ([payment_id], [payment_id])
    assert await bench.events_of(payment_id) == SUCCEEDED


async def test_an_event_that_cannot_be_written_takes_the_status_back(bench: Bench, rows: Rows) -> None:
    payment_id = await rows.payment()
    await rows.run(
        "INSERT INTO events (merchant_id, type, subject_id, payload)"
        " SELECT merchant_id, 'payment.success', id, '{}' FROM payments"
    )
    with pytest.raises(errors.UniqueViolation):
        await bench.step()
    assert (await bench.row(payment_id))["status"] == "processing"


async def test_one_row_that_cannot_be_recorded_holds_up_no_other(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    """They were claimed together, so they come due together: the good ones would never get out."""
    good, bad, waiting, declined = await rows.payments(*await rows.orders(4))
    bank.on_submit |= {declined: [Declined("No")], waiting: [Unknown("?")]}
    await rows.run(
        "INSERT INTO events (merchant_id, type, subject_id, payload)"
        " SELECT merchant_id, 'payment.success', id, '{}' FROM payments WHERE id = %s",
        (bad,),
    )
    with pytest.raises(errors.UniqueViolation):
        await bench.step()
    assert await rows.statuses([good, bad, waiting, declined]) == [
        "success",
        "processing",
        "processing",
        "failed",
    ]
    assert await bench.events_of(good) == SUCCEEDED
    assert await bench.events_of(declined) == FAILED
    assert round(await bench.due_in_s(waiting)) == LOOK_UP_GAPS_S[0]
    assert await bench.due_in_s(bad) > LEASE_S / 2


async def test_an_unknown_outcome_is_looked_up_ever_more_rarely_and_never_driven_again(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await rows.payment()
    bank.on_submit[payment_id] = [Unknown("timeout")]
    bank.on_look_up[payment_id] = [Unknown("no answer")]
    await bench.step()
    reviews, waits_s = [], [await bench.due_in_s(payment_id)]
    for _ in range(10):
        await bench.make_due()
        assert await bench.step() == [payment_id]
        waits_s.append(await bench.due_in_s(payment_id))
        reviews.append((await bench.row(payment_id))["requires_review"])
    gaps_s = [*LOOK_UP_GAPS_S, *[LOOK_UP_GAPS_S[-1]] * 4]
    assert all(gap_s - 0.9 < wait_s <= gap_s for gap_s, wait_s in zip(gaps_s, waits_s, strict=True))
    assert reviews == [look_up >= REVIEW_FROM_LOOK_UP for look_up in range(1, 11)]
    assert (bank.submitted, len(bank.looked_up)) == ([payment_id], 10)
    assert (await bench.row(payment_id))["status"] == "processing"

    bank.on_look_up[payment_id] = [Approved()]
    await bench.make_due()
    await bench.step()
    row = await bench.row(payment_id)
    assert (row["status"], row["requires_review"]) == ("success", False)


async def fail() -> None:
    raise ConnectionError("no route to the bank")


async def hang() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("trouble", [fail, hang])
async def test_an_acquirer_in_trouble_leaves_the_outcome_unknown(
    bench: Bench, bank: Bank, rows: Rows, trouble: Callable[[], Awaitable[None]]
) -> None:
    payment_ids = await rows.payments(*await rows.orders(3))
    bank.trouble = trouble
    async with asyncio.timeout(3):
        await bench.step()
    assert [round(await bench.due_in_s(each)) for each in payment_ids] == [LOOK_UP_GAPS_S[0]] * 3
    await bench.make_due()
    await bench.step()
    assert {(await bench.row(each))["look_ups"] for each in payment_ids} == {1}
    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert await rows.statuses(payment_ids) == ["success"] * 3
    assert sorted(bank.submitted) == sorted(payment_ids)


@pytest.mark.parametrize("surplus", [-2, -1, 1])
async def test_answers_that_do_not_fit_the_questions_answer_none(
    bench: Bench, bank: Bank, rows: Rows, surplus: int
) -> None:
    """Whose answer is missing cannot be told, so none is believed."""
    payment_ids = await rows.payments(*await rows.orders(2))
    bank.surplus_answers = surplus
    await bench.step()
    assert await rows.statuses(payment_ids) == ["processing"] * 2
    bank.surplus_answers = 0
    await bench.make_due()
    await bench.step()
    assert sorted(bank.submitted) == sorted(payment_ids)
    assert await rows.statuses(payment_ids) == ["success"] * 2


async def test_every_payment_of_a_batch_gets_its_own_answer(bench: Bench, bank: Bank, rows: Rows) -> None:
    approved, declined, unknown, pending, lost = await rows.payments(*await rows.orders(5))
    await rows.run("UPDATE payments SET lease_generation = 3 WHERE id = ANY(%s)", ([declined, lost],))
    bank.on_look_up |= {declined: [Declined("No")], lost: [NotFound()]}
    later = datetime.now(UTC) + timedelta(seconds=30)
    bank.on_submit |= {unknown: [Unknown("?")], pending: [PendingUntil(later)]}
    await bench.step()
    assert await rows.statuses([approved, declined, unknown, pending, lost]) == [
        "success",
        "failed",
        "processing",
        "processing",
        "success",
    ]
    assert (await bench.row(pending))["next_attempt_at"] == later
    assert sorted(bank.submitted) == sorted([approved, unknown, pending, lost])
    assert sorted(bank.looked_up) == sorted([declined, lost])
    assert bench.announced == 1


async def test_a_holder_whose_lease_was_taken_over_records_nothing(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    taken, kept = await rows.payments(*await rows.orders(2))
    claimed = await bench.work.claim(10)
    await rows.run("UPDATE payments SET next_attempt_at = now() WHERE id = %s", (taken,))
    other = bench.worker(bank)
    (again,) = await other.claim(10)
    bank.on_submit |= {taken: [Declined("No")], kept: [Declined("No")]}
    await bench.work.process(claimed)
    assert await rows.statuses([taken, kept]) == ["processing", "failed"]
    assert await bench.events_of(taken) == CREATED
    await other.process([again])
    assert await rows.statuses([taken]) == ["success"]
    assert await bench.events_of(taken) == SUCCEEDED


async def test_a_paused_holder_that_comes_back_after_the_end_changes_nothing(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    payment_id = await rows.payment()
    stale = await bench.work.claim(10)
    await bench.make_due()
    bank.on_look_up[payment_id] = [NotFound()]
    await bench.step(bench.worker(bank))
    before = await bench.row(payment_id)
    bank.on_submit[payment_id] = [Declined("No")]
    await bench.work.process(stale)
    assert await bench.row(payment_id) == before
    assert await bench.events_of(payment_id) == SUCCEEDED


async def test_a_holder_whose_lease_may_be_over_submits_nothing(bench: Bench, bank: Bank, rows: Rows) -> None:
    """By then the payment may have an end that nobody expects to be followed by a charge."""
    payment_id = await rows.payment()
    slow = ChargeWork(bench.pool, bank, PaymentCharges(), lambda: None, call_deadline_s=1.0, lease_s=1.1)
    await slow.claim(10)
    await bench.make_due()
    bank.on_look_up[payment_id] = [NotFound()]
    bank.trouble = lambda: asyncio.sleep(0.2)
    await slow.process(await slow.claim(10))
    assert (bank.looked_up, bank.submitted) == ([payment_id], [])
    assert (await bench.row(payment_id))["look_ups"] == 0
    bank.trouble = None
    await bench.make_due()
    await bench.step()
    assert (bank.submitted, await rows.statuses([payment_id])) == ([payment_id], ["success"])


async def test_a_banks_reason_need_not_be_storable(bench: Bench, bank: Bank, rows: Rows) -> None:
    payment_id = await rows.payment()
    bank.on_submit[payment_id] = [Declined("No\x00 \ud800" + "x" * 1000)]
    await bench.step()
    row = await bench.row(payment_id)
    assert (row["status"], row["error_description"]) == ("failed", "No\ufffd \ufffd" + "x" * 250)
    assert await rows.violations() == {}


async def test_a_payment_of_a_paid_order_fails_without_the_acquirer(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * 3)
    (paid,) = await bench.step()
    others = [each for each in payment_ids if each != paid]
    assert sorted(await bench.step()) == sorted(others)
    assert await rows.statuses([paid, *others]) == ["success", "failed", "failed"]
    for other in others:
        row = await bench.row(other)
        assert (row["error_code"], row["error_description"]) == ("PAYMENT_FAILED", "Order already paid")
        assert await bench.events_of(other) == FAILED
    assert (bank.submitted, bank.looked_up) == ([paid], [])
    assert bench.announced == 2
    assert await rows.violations() == {}


async def test_after_a_decline_the_next_payment_of_the_order_is_driven(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    (order_id,) = await rows.orders()
    payment_ids = await rows.payments(*[order_id] * 3)
    for payment_id in payment_ids:
        bank.on_submit[payment_id] = [Declined("No")]
    driven = [await bench.step() for _ in range(4)]
    assert [len(each) for each in driven] == [1, 1, 1, 0]
    assert sorted(bank.submitted) == sorted(payment_ids)
    assert await rows.statuses(payment_ids) == ["failed"] * 3
    assert await rows.one("SELECT active_payment_id FROM orders") is None


async def test_the_next_due_time_is_known(bench: Bench, bank: Bank, rows: Rows) -> None:
    assert await bench.work.next_due_in_s() is None
    payment_id = await rows.payment()
    assert await bench.work.next_due_in_s() == 0
    bank.on_submit[payment_id] = [PendingUntil(datetime.now(UTC) + timedelta(seconds=6))]
    await bench.step()
    due_in_s = await bench.work.next_due_in_s()
    assert due_in_s is not None
    assert 4 < due_in_s <= 6


async def test_nothing_due_asks_nobody(bench: Bench, bank: Bank) -> None:
    assert await bench.step() == []
    await bench.work.process([])
    assert (bank.submitted, bank.looked_up, bench.announced) == ([], [], 0)


async def test_no_transaction_is_open_while_the_acquirer_is_asked(
    bench: Bench, bank: Bank, rows: Rows
) -> None:
    await rows.payment()
    seen: list[int] = []

    async def look() -> None:
        seen.append(
            await rows.one(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
        )

    bank.trouble = look
    await bench.step()
    assert seen == [0]
