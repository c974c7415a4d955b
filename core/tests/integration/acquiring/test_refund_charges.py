"""What is particular to refunds: the payment's instrument, the events' bytes, the amount held."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gateway_core.acquiring.scenarios import Behaviour
from gateway_core.acquiring.simulator import Simulator
from gateway_core.db.pool import Pool
from gateway_core.domain.acquiring import Charge, ChargeKind, Declined, Unknown
from gateway_core.testing.factories import DEADLINE_S
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.integration.acquiring.conftest import Bank, Bench

pytestmark = pytest.mark.integration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

AT_ONCE = Behaviour(
    upi_success_rate=0.0,
    card_success_rate=0.0,
    delay_min_ms=0,
    delay_max_ms=0,
    refund_delay_min_ms=0,
    refund_delay_max_ms=0,
    seed="fixed",
)


async def test_a_refund_is_paid_back_to_its_payments_instrument(
    refunds: Bench, bank: Bank, rows: Rows
) -> None:
    (payment_id,) = await rows.paid(vpa="a.buyer@okbank")
    (refund_id,) = await rows.refunds(payment_id, amount_minor=1_250)
    await refunds.step()
    assert bank.charges == [
        Charge(
            key=refund_id,
            kind=ChargeKind.REFUND,
            amount_minor=1_250,
            currency="INR",
            method="upi",
            vpa="a.buyer@okbank",
        )
    ]


async def test_the_event_of_a_processed_refund_has_exactly_these_bytes(refunds: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    (refund_id,) = await rows.refunds(payment_id, amount_minor=1_250)
    assert await refunds.step() == [refund_id]
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["error_code"]) == ("processed", None)
    body = {
        "event": "refund.processed",
        "timestamp": int(row["processed_at"].timestamp()),
        "timestamp_ms": (row["processed_at"] - EPOCH) // timedelta(milliseconds=1),
        "data": {
            "refund": {
                "id": refund_id,
                "entity": "refund",
                "payment_id": payment_id,
                "amount": 1_250,
                "currency": "INR",
                "reason": "cold coffee",
                "status": "processed",
                "created_at": "2024-01-15T10:30:00.123Z",
                "processed_at": row["processed_at"].isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            },
            "sequence": 2,
        },
    }
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'refund.processed'")
    assert bytes(payload).decode() == json.dumps(body, separators=(",", ":"))
    assert await refunds.events_of(refund_id) == ["refund.created", "refund.processed"]
    assert refunds.wakes == 1
    assert await rows.violations() == {}


async def test_a_declined_refund_fails_and_releases_its_amount(
    refunds: Bench, bank: Bank, rows: Rows
) -> None:
    (refund_id,) = await rows.refunds(*await rows.paid())
    bank.on_submit[refund_id] = [Declined("Account closed")]
    await refunds.step()
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["error_code"], row["error_description"], row["processed_at"]) == (
        "failed",
        "REFUND_FAILED",
        "Account closed",
        None,
    )
    assert await rows.one("SELECT amount_refunded FROM payments") == 0
    assert await refunds.events_of(refund_id) == ["refund.created", "refund.failed"]
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'refund.failed'")
    refund = json.loads(payload)["data"]["refund"]
    assert (refund["status"], refund["processed_at"]) == ("failed", None)
    assert await rows.violations() == {}


async def test_a_refund_that_stays_unknown_keeps_its_amount_held(
    refunds: Bench, bank: Bank, rows: Rows
) -> None:
    (refund_id,) = await rows.refunds(*await rows.paid(), amount_minor=1_250)
    bank.on_submit[refund_id] = [Unknown("silent")]
    bank.on_query[refund_id] = [Unknown("silent")]
    for _ in range(9):
        await refunds.step()
        await refunds.make_due()
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["requires_review"]) == ("processing", True)
    assert await rows.one("SELECT amount_refunded FROM payments") == 1_250


async def test_workers_at_once_process_every_refund_once(refunds: Bench, pool: Pool, rows: Rows) -> None:
    payment_ids = [*await rows.paid(30), *await rows.paid(30, vpa="refund-failure@bank")]
    await rows.refunds(*payment_ids * 4)

    async def work() -> None:
        worker = refunds.worker(Simulator(pool, AT_ONCE), call_deadline_s=5)
        while claimed := await worker.claim(17):
            await worker.process(claimed)

    async with asyncio.timeout(DEADLINE_S):
        await asyncio.gather(*(work() for _ in range(4)))
    counts = await rows.read("SELECT status, count(*) AS n FROM refunds GROUP BY 1 ORDER BY 1")
    assert counts == [{"status": "failed", "n": 120}, {"status": "processed", "n": 120}]
    assert await rows.one("SELECT sum(amount_refunded) FROM payments") == 120_000
    assert await rows.values("SELECT DISTINCT submissions FROM simulator_charges") == [1]
    assert await rows.violations() == {}
