"""Refunds through submit → look up → settle: announced once, given back when they fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from gateway_core.acquirer.processing import ChargeWork
from gateway_core.acquirer.scenarios import REFUND_DECLINE_REASON, Behaviour
from gateway_core.acquirer.simulator import Simulator
from gateway_core.db.pool import Pool
from gateway_core.db.queries.refund_work import ClaimedRefund
from gateway_core.domain.acquiring import Answer, Charge, ChargeKind, LookUpAnswer, Unknown
from gateway_core.domain.refund import RefundStatus
from gateway_core.testing.rows import Rows
from refund_processor.handler import RefundCharges

pytestmark = pytest.mark.integration

AT_ONCE = Behaviour(
    upi_success_rate=0.0,
    card_success_rate=0.0,
    delay_min_ms=0,
    delay_max_ms=0,
    refund_delay_min_ms=0,
    refund_delay_max_ms=0,
    seed="fixed",
)


class RecordingBank(Simulator):
    """The simulated bank; remembers what it was asked, and can be made silent."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, AT_ONCE)
        self.charges: list[Charge] = []
        self.looked_up: list[str] = []
        self.silent = False

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        self.charges += charges
        return await super().submit(charges)

    async def look_up(self, keys: Sequence[str]) -> Sequence[LookUpAnswer]:
        self.looked_up += keys
        if self.silent:
            return [Unknown("silent")] * len(keys)
        return await super().look_up(keys)


class Bench:
    def __init__(self, pool: Pool, rows: Rows) -> None:
        self.rows = rows
        self.bank = RecordingBank(pool)
        self.announced = 0
        self.work: ChargeWork[ClaimedRefund, RefundStatus] = ChargeWork(
            pool, self.bank, RefundCharges(), self._announce
        )

    def _announce(self) -> None:
        self.announced += 1

    async def step(self) -> list[str]:
        claimed = await self.work.claim(500)
        await self.work.process(claimed)
        return [each.lease.id for each in claimed]

    async def make_due(self) -> None:
        await self.rows.run("UPDATE refunds SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL")

    async def events_of(self, refund_id: str) -> list[str]:
        return await self.rows.values(
            "SELECT type FROM events WHERE subject_id = %s ORDER BY id", (refund_id,)
        )


@pytest.fixture
def bench(pool: Pool, rows: Rows) -> Bench:
    return Bench(pool, rows)


async def test_a_refund_is_paid_back_to_its_payments_instrument(bench: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid(vpa="a.buyer@okbank")
    (refund_id,) = await rows.refunds(payment_id, amount_minor=1_250)
    await bench.step()
    assert bench.bank.charges == [
        Charge(
            key=refund_id,
            kind=ChargeKind.REFUND,
            amount_minor=1_250,
            currency="INR",
            method="upi",
            vpa="a.buyer@okbank",
        )
    ]


async def test_a_processed_refund_is_announced_with_exactly_these_bytes(bench: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid()
    (refund_id,) = await rows.refunds(payment_id, amount_minor=1_250)
    assert await bench.step() == [refund_id]
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["error_code"]) == ("processed", None)
    body = {
        "event": "refund.processed",
        "timestamp": int(row["processed_at"].timestamp()),
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
            }
        },
    }
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'refund.processed'")
    assert bytes(payload).decode() == json.dumps(body, separators=(",", ":"))
    assert await bench.events_of(refund_id) == ["refund.created", "refund.processed"]
    assert bench.announced == 1
    assert await rows.violations() == {}


async def test_a_declined_refund_fails_and_gives_its_amount_back(bench: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid(vpa="refund-failure@bank")
    (refund_id,) = await rows.refunds(payment_id)
    await bench.step()
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["error_code"], row["error_description"], row["processed_at"]) == (
        "failed",
        "REFUND_FAILED",
        REFUND_DECLINE_REASON,
        None,
    )
    assert await rows.one("SELECT amount_refunded FROM payments") == 0
    assert await bench.events_of(refund_id) == ["refund.created", "refund.failed"]
    (payload,) = await rows.values("SELECT payload FROM events WHERE type = 'refund.failed'")
    refund = json.loads(payload)["data"]["refund"]
    assert (refund["status"], refund["processed_at"]) == ("failed", None)
    assert await rows.violations() == {}


async def test_a_refund_whose_answer_was_lost_is_looked_up_and_paid_once(bench: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid(vpa="refund-timeout@bank")
    (refund_id,) = await rows.refunds(payment_id)
    await bench.step()
    assert await rows.values("SELECT status FROM refunds") == ["processing"]
    bench.bank.silent = True
    await bench.make_due()
    await bench.step()
    assert await rows.values("SELECT look_ups FROM refunds") == [1]
    bench.bank.silent = False
    await bench.make_due()
    await bench.step()
    assert await rows.values("SELECT status FROM refunds") == ["processed"]
    assert bench.bank.looked_up == [refund_id, refund_id]
    assert await rows.values("SELECT submissions FROM simulator_charges") == [1]
    assert await bench.events_of(refund_id) == ["refund.created", "refund.processed"]


async def test_a_refund_that_stays_unknown_keeps_its_amount_held_for_review(bench: Bench, rows: Rows) -> None:
    (payment_id,) = await rows.paid(vpa="refund-timeout@bank")
    await rows.refunds(payment_id, amount_minor=1_250)
    bench.bank.silent = True
    for _ in range(9):
        await bench.step()
        await bench.make_due()
    (row,) = await rows.read("SELECT * FROM refunds")
    assert (row["status"], row["requires_review"], row["look_ups"]) == ("processing", True, 8)
    assert await rows.one("SELECT amount_refunded FROM payments") == 1_250
    assert len(bench.bank.charges) == 1


async def test_a_worker_that_died_with_refunds_in_hand_loses_none(bench: Bench, rows: Rows) -> None:
    await rows.refunds(*await rows.paid(5))
    await bench.work.claim(3)  # dies before the submit
    claimed = await bench.work.claim(2)  # dies after it
    await bench.bank.submit([RefundCharges().charge(each) for each in claimed])
    await bench.make_due()
    assert len(await bench.step()) == 5
    assert set(await rows.values("SELECT status FROM refunds")) == {"processed"}
    assert await rows.values("SELECT DISTINCT submissions FROM simulator_charges") == [1]
    assert await rows.violations() == {}


async def test_a_stale_holder_announces_nothing(bench: Bench, rows: Rows) -> None:
    (refund_id,) = await rows.refunds(*await rows.paid())
    stale = await bench.work.claim(1)
    await bench.make_due()
    await bench.step()
    before = await rows.read("SELECT * FROM refunds, payments")
    await bench.work.process(stale)
    assert await rows.read("SELECT * FROM refunds, payments") == before
    assert await bench.events_of(refund_id) == ["refund.created", "refund.processed"]


async def test_workers_at_once_process_every_refund_once(bench: Bench, rows: Rows, pool: Pool) -> None:
    payment_ids = [*await rows.paid(30), *await rows.paid(30, vpa="refund-failure@bank")]
    await rows.refunds(*payment_ids * 4)

    async def work() -> None:
        worker = Bench(pool, rows)
        while claimed := await worker.work.claim(17):
            await worker.work.process(claimed)

    async with asyncio.timeout(20):
        await asyncio.gather(*(work() for _ in range(4)))
    counts = await rows.read("SELECT status, count(*) AS n FROM refunds GROUP BY 1 ORDER BY 1")
    assert counts == [{"status": "failed", "n": 120}, {"status": "processed", "n": 120}]
    assert await rows.one("SELECT sum(amount_refunded) FROM payments") == 120_000
    assert await rows.values("SELECT DISTINCT submissions FROM simulator_charges") == [1]
    assert await rows.violations() == {}
