"""A scripted bank, and a bench that works on payments or refunds step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway_core.acquiring.acquirer import Acquirer
from gateway_core.acquiring.procedure import ChargeWork
from gateway_core.acquiring.sources import PAYMENTS, REFUNDS, ChargeSource
from gateway_core.db.pool import Pool
from gateway_core.db.queries.leases import LeasedTable
from gateway_core.domain.acquiring import Answer, Approved, Charge, StatusAnswer
from gateway_core.testing.rows import Rows

DEADLINE_S = 0.2


class Bank:
    """Answers by key from scripts, the last answer for ever; ``trouble`` runs before each call is answered."""

    def __init__(self) -> None:
        self.submitted: list[str] = []
        self.charges: list[Charge] = []
        self.queried: list[str] = []
        self.on_submit: dict[str, list[Answer]] = {}
        self.on_query: dict[str, list[StatusAnswer]] = {}
        self.trouble: Callable[[], Awaitable[None]] | None = None
        self.surplus_answers = 0

    async def submit(self, charges: Sequence[Charge]) -> Sequence[Answer]:
        self.charges += charges
        self.submitted += [charge.key for charge in charges]
        return await self._answers([_next(self.on_submit, charge.key) for charge in charges])

    async def query_status(self, keys: Sequence[str]) -> Sequence[StatusAnswer]:
        self.queried += keys
        return await self._answers([_next(self.on_query, key) for key in keys])

    async def _answers(self, answers: list[Any]) -> list[Any]:
        if self.trouble is not None:
            await self.trouble()
        wanted = len(answers) + self.surplus_answers
        return [*answers, Approved()][:wanted]


def _next(scripts: dict[str, Any], key: str) -> Any:
    script = scripts.get(key, [Approved()])
    return script.pop(0) if len(script) > 1 else script[0]


class Bench:
    """One worker's work; ``wakes`` counts how often it woke the relay."""

    def __init__(self, pool: Pool, rows: Rows, bank: Acquirer, source: ChargeSource) -> None:
        self.pool = pool
        self.rows = rows
        self.source = source
        self.wakes = 0
        self.work = self.worker(bank)
        if source is PAYMENTS:
            self.created = ["payment.created", "payment.pending"]
            self.succeeded = [*self.created, "payment.success"]
            self.failed = [*self.created, "payment.failed"]
        else:
            self.created = ["refund.created"]
            self.succeeded = [*self.created, "refund.processed"]
            self.failed = [*self.created, "refund.failed"]

    def worker(
        self, bank: Acquirer, *, call_deadline_s: float = DEADLINE_S, lease_s: float = 20
    ) -> ChargeWork:
        """Another worker on the same database."""
        return ChargeWork(
            self.pool, bank, self.source, self._wake, call_deadline_s=call_deadline_s, lease_s=lease_s
        )

    def _wake(self) -> None:
        self.wakes += 1

    async def make(self, count: int) -> list[str]:
        """The ids of new rows, due at once, each independent of the others."""
        if self.source.table is LeasedTable.PAYMENTS:
            return await self.rows.payments(*await self.rows.orders(count))
        return await self.rows.refunds(*await self.rows.paid(count))

    async def step(self, work: ChargeWork | None = None) -> list[str]:
        """Claim what is due and process it; the ids that were claimed."""
        worker = work or self.work
        claimed = await worker.claim(500)
        await worker.process(claimed)
        return [each.id for each in claimed]

    async def make_due(self) -> None:
        """Let all leases end and all waits be over."""
        await self.run("UPDATE {table} SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL")

    async def run(self, statement: str, *parameters: object) -> None:
        """Commit a statement about ``{table}``."""
        await self.rows.run(statement.format(table=self.source.table), parameters)

    async def row(self, row_id: str) -> dict[str, Any]:
        (found,) = await self.rows.read(f"SELECT * FROM {self.source.table} WHERE id = %s", (row_id,))
        return found

    async def outcomes(self, row_ids: Sequence[str]) -> list[str]:
        """``approved``, ``declined`` or the status of each row."""
        ends = {self.source.ends.approved: "approved", self.source.ends.declined: "declined"}
        statuses = [(await self.row(row_id))["status"] for row_id in row_ids]
        return [ends.get(status, status) for status in statuses]

    async def due_in_s(self, row_id: str) -> float:
        """How long after its last record (about now) the row is due."""
        wait: timedelta = await self.rows.one(
            f"SELECT next_attempt_at - clock_timestamp() FROM {self.source.table} WHERE id = %s", (row_id,)
        )
        return wait.total_seconds()

    async def events_of(self, row_id: str) -> list[str]:
        return await self.rows.values("SELECT type FROM events WHERE subject_id = %s ORDER BY id", (row_id,))


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def payments(pool: Pool, rows: Rows, bank: Bank) -> Bench:
    return Bench(pool, rows, bank, PAYMENTS)


@pytest.fixture
def refunds(pool: Pool, rows: Rows, bank: Bank) -> Bench:
    return Bench(pool, rows, bank, REFUNDS)


@pytest.fixture(params=[PAYMENTS, REFUNDS], ids=["payments", "refunds"])
def bench(pool: Pool, rows: Rows, bank: Bank, request: pytest.FixtureRequest) -> Bench:
    """What holds for payments and refunds alike."""
    return Bench(pool, rows, bank, request.param)
