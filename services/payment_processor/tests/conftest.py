"""A scripted bank, and a bench that drives the processor's work step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway_core.acquirer.processing import ChargeWork
from gateway_core.acquirer.protocol import Acquirer
from gateway_core.db.pool import Pool
from gateway_core.db.queries.payment_work import ClaimedPayment
from gateway_core.domain.acquiring import Answer, Approved, Charge, LookUpAnswer
from gateway_core.domain.payment import PaymentStatus
from gateway_core.testing.rows import Rows
from payment_processor.handler import PaymentCharges

DEADLINE_S = 0.2


class Bank:
    """Answers by key from scripts, the last answer for ever; ``trouble`` runs before each call is answered."""

    def __init__(self) -> None:
        self.submitted: list[str] = []
        self.charges: list[Charge] = []
        self.looked_up: list[str] = []
        self.on_submit: dict[str, list[Answer]] = {}
        self.on_look_up: dict[str, list[LookUpAnswer]] = {}
        self.trouble: Callable[[], Awaitable[None]] | None = None
        self.surplus_answers = 0

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        self.charges += charges
        self.submitted += [charge.key for charge in charges]
        return await self._answers([_next(self.on_submit, charge.key) for charge in charges])

    async def look_up(self, keys: Sequence[str]) -> Sequence[LookUpAnswer]:
        self.looked_up += keys
        return await self._answers([_next(self.on_look_up, key) for key in keys])

    async def _answers(self, answers: list[Any]) -> list[Any]:
        if self.trouble is not None:
            await self.trouble()
        wanted = len(answers) + self.surplus_answers
        return [*answers, Approved()][:wanted]


def _next(scripts: dict[str, Any], key: str) -> Any:
    script = scripts.get(key, [Approved()])
    return script.pop(0) if len(script) > 1 else script[0]


class Bench:
    """One worker's work; ``announced`` counts how often it woke the relay."""

    def __init__(self, pool: Pool, rows: Rows, bank: Acquirer) -> None:
        self.pool = pool
        self.rows = rows
        self.announced = 0
        self.work = self.worker(bank)

    def worker(self, bank: Acquirer) -> ChargeWork[ClaimedPayment, PaymentStatus]:
        """Another worker on the same database."""
        return ChargeWork(self.pool, bank, PaymentCharges(), self._announce, call_deadline_s=DEADLINE_S)

    def _announce(self) -> None:
        self.announced += 1

    async def step(self, work: ChargeWork[ClaimedPayment, PaymentStatus] | None = None) -> list[str]:
        """Claim what is due and process it; the ids that were claimed."""
        worker = work or self.work
        claimed = await worker.claim(500)
        await worker.process(claimed)
        return [each.lease.id for each in claimed]

    async def make_due(self) -> None:
        """Let all leases end and all waits be over."""
        await self.rows.run("UPDATE payments SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL")

    async def row(self, payment_id: str) -> dict[str, Any]:
        (found,) = await self.rows.read("SELECT * FROM payments WHERE id = %s", (payment_id,))
        return found

    async def due_in_s(self, payment_id: str) -> float:
        """How long after its last record (about now) the payment is due."""
        wait: timedelta = await self.rows.one(
            "SELECT next_attempt_at - clock_timestamp() FROM payments WHERE id = %s", (payment_id,)
        )
        return wait.total_seconds()

    async def events_of(self, payment_id: str) -> list[str]:
        return await self.rows.values(
            "SELECT type FROM events WHERE subject_id = %s ORDER BY id", (payment_id,)
        )


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def bench(pool: Pool, rows: Rows, bank: Bank) -> Bench:
    return Bench(pool, rows, bank)
