"""Submit → look up → settle (architecture, rule 3), for anything that is driven at an acquirer under a lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Generic, Literal, TypeVar

from gateway_core.acquirer.noun import Noun, Row, StatusT
from gateway_core.acquirer.protocol import Acquirer
from gateway_core.acquirer.telemetry import Telemetry
from gateway_core.db.pool import UNAVAILABLE, Pool, transaction
from gateway_core.db.queries import events, leases
from gateway_core.db.queries.clock import transaction_time
from gateway_core.db.queries.leases import LookUp, Settlement
from gateway_core.domain.acquiring import (
    Answer,
    LookUpAnswer,
    LookUpAt,
    NotFound,
    Settle,
    Unknown,
)

CALL_DEADLINE_S = 5.0
FIRST_GENERATION = 1
LEASE_S = 20.0
"""Longer than a look-up, a submit and the record together: healthy work never loses its lease."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question(Generic[Row]):
    """A row to ask the acquirer about; ``look_ups`` counts the look-ups of it so far, this one included."""

    row: Row
    look_ups: int


AnswerT = TypeVar("AnswerT", Answer, LookUpAnswer)


@dataclass(frozen=True, slots=True)
class Answered(Generic[Row]):
    """The acquirer's answer to a question."""

    row: Row
    look_ups: int
    answer: Answer


class ChargeWork(Generic[Row, StatusT]):
    """The work of a processor: rows of one noun, driven at one acquirer."""

    def __init__(
        self,
        pool: Pool,
        acquirer: Acquirer,
        noun: Noun[Row, StatusT],
        on_events: Callable[[], None],
        *,
        call_deadline_s: float = CALL_DEADLINE_S,
        lease_s: float = LEASE_S,
    ) -> None:
        self._pool = pool
        self._acquirer = acquirer
        self._noun = noun
        self._on_events = on_events
        self._call_deadline_s = call_deadline_s
        self._lease_s = lease_s
        self._telemetry = Telemetry(noun)

    async def claim(self, limit: int) -> Sequence[Row]:
        """Lease up to ``limit`` due rows for ``lease_s``."""
        async with transaction(self._pool) as conn:
            rows = await self._noun.claim(conn, limit=limit, lease_s=self._lease_s)
        self._telemetry.claimed(rows)
        return rows

    async def next_due_in_s(self) -> float | None:
        """Seconds until the next row is due."""
        async with transaction(self._pool) as conn:
            return await leases.next_due_in_s(conn, self._noun.table)

    async def process(self, rows: Sequence[Row]) -> None:
        """Ask the acquirer about ``rows`` and record what it says.

        A first lease submits. A later one looks up first, for the submit may have gone out before a crash, and
        submits only what the acquirer has never seen. Nothing is submitted by who may lose the lease meanwhile: by
        the time the acquirer hears of it the row may have ended, by an operator's word.
        """
        started_s = perf_counter()
        fresh, seen = self._questions(rows)
        known, lost = await self._look_up(seen)
        is_safe = perf_counter() - started_s < self._lease_s - self._call_deadline_s
        submitted = await self._submit([*fresh, *lost] if is_safe else [])
        await self._record(rows, known + submitted, started_s)

    def _questions(self, rows: Sequence[Row]) -> tuple[list[Question[Row]], list[Question[Row]]]:
        fresh: list[Question[Row]] = []
        seen: list[Question[Row]] = []
        for row in rows:
            if self._noun.refused(row) is not None:
                continue
            if self._noun.lease(row).generation == FIRST_GENERATION:
                fresh.append(Question(row, look_ups=0))
            else:
                seen.append(Question(row, look_ups=self._noun.look_ups(row) + 1))
        return fresh, seen

    async def _look_up(
        self, questions: Sequence[Question[Row]]
    ) -> tuple[list[Answered[Row]], list[Question[Row]]]:
        """The answers, and the questions whose charge the acquirer has never seen."""
        keys = [self._noun.lease(question.row).id for question in questions]
        asked = [question.row for question in questions]
        answers = await self._ask("look_up", asked, lambda: self._acquirer.look_up(keys))
        known: list[Answered[Row]] = []
        lost: list[Question[Row]] = []
        for question, answer in zip(questions, answers, strict=True):
            if isinstance(answer, NotFound):
                lost.append(question)
            else:
                known.append(Answered(question.row, question.look_ups, answer))
        return known, lost

    async def _submit(self, questions: Sequence[Question[Row]]) -> list[Answered[Row]]:
        asked = [question.row for question in questions]
        charges = [self._noun.charge(row) for row in asked]
        answers = await self._ask("submit", asked, lambda: self._acquirer.submit(charges))
        return [
            Answered(question.row, question.look_ups, answer)
            for question, answer in zip(questions, answers, strict=True)
        ]

    async def _ask(
        self,
        what: Literal["submit", "look_up"],
        asked: Sequence[Row],
        call: Callable[[], Awaitable[Sequence[AnswerT]]],
    ) -> Sequence[AnswerT | Unknown]:
        """An answer for each of ``asked``, whatever the acquirer does: what it does not say in time is unknown."""
        if not asked:
            return []
        answers: Sequence[AnswerT | Unknown]
        try:
            with self._telemetry.call(what, asked):
                async with asyncio.timeout(self._call_deadline_s):
                    answers = await call()
            if len(answers) != len(asked):
                raise ValueError(f"{len(answers)} answers to {len(asked)} questions")
        except Exception as error:  # noqa: BLE001 -- whatever an adapter raises means: we do not know
            _log.warning("the acquirer could not be asked about %d rows: %r", len(asked), error)
            answers = [Unknown(type(error).__name__)] * len(asked)
        self._telemetry.answered(answers)
        return answers

    async def _record(self, rows: Sequence[Row], answered: Sequence[Answered[Row]], started_s: float) -> None:
        """Record all in one transaction; when some row spoils it, each in its own, then raise what failed.

        Rows of a batch come due together: unless the others are recorded, the bad one holds them up for ever.
        """
        try:
            await self._record_together(rows, answered, started_s)
        except UNAVAILABLE:
            raise
        except Exception as error:
            if len(rows) == 1:
                raise
            _log.warning("recording %d rows one by one: %r", len(rows), error)
            await self._record_apart(rows, answered, started_s)

    async def _record_apart(
        self, rows: Sequence[Row], answered: Sequence[Answered[Row]], started_s: float
    ) -> None:
        answered_of = {self._noun.lease(each.row).id: [each] for each in answered}
        failure: Exception | None = None
        for row in rows:
            try:
                await self._record_together([row], answered_of.get(self._noun.lease(row).id, []), started_s)
            except UNAVAILABLE:
                raise
            except Exception as error:  # noqa: BLE001 -- raised below, after the others had their turn
                self._telemetry.not_recorded(row, error)
                failure = error
        if failure is not None:
            raise failure

    async def _record_together(
        self, rows: Sequence[Row], answered: Sequence[Answered[Row]], started_s: float
    ) -> None:
        """One transaction: fence, final statuses with their events, and the times of the next questions."""
        with self._telemetry.recording(rows):
            await self._commit(rows, answered, started_s)

    async def _commit(self, rows: Sequence[Row], answered: Sequence[Answered[Row]], started_s: float) -> None:
        async with transaction(self._pool) as conn:
            now = await transaction_time(conn)
            held = await leases.lock_held(conn, self._noun.table, [self._noun.lease(row) for row in rows])
            finals, look_ups = self._outcomes(rows, answered, now)
            ends = [(row, outcome) for row, outcome in finals if self._noun.lease(row).id in held]
            if ends:
                await self._noun.settle(conn, [self._settlement(row, outcome) for row, outcome in ends])
                await events.append(
                    conn, [self._noun.settled_event(row, outcome, now) for row, outcome in ends]
                )
            if look_ups:
                await leases.schedule_look_ups(conn, self._noun.table, look_ups)
        self._telemetry.recorded(rows, held, finals, look_ups, now, perf_counter() - started_s)
        if ends:
            self._on_events()

    def _outcomes(
        self, rows: Sequence[Row], answered: Sequence[Answered[Row]], now: datetime
    ) -> tuple[list[tuple[Row, Settle[StatusT]]], list[LookUp]]:
        """What to record, of the rows whose lease still holds: final statuses, and the next questions."""
        finals = [(row, refusal) for row in rows if (refusal := self._noun.refused(row)) is not None]
        look_ups: list[LookUp] = []
        for each in answered:
            match self._noun.decide(each.answer, each.look_ups, now):
                case LookUpAt(at, requires_review):
                    look_ups.append(LookUp(self._noun.lease(each.row), at, each.look_ups, requires_review))
                case outcome:
                    finals.append((each.row, outcome))
        return finals, look_ups

    def _settlement(self, row: Row, outcome: Settle[StatusT]) -> Settlement:
        return Settlement(
            self._noun.lease(row), outcome.status, outcome.error_code, outcome.error_description
        )
