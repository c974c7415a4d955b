"""Submit → query the status → settle, for payments and refunds alike.

A charge is submitted once. After that its status is queried until it is final: only an acquirer that has never seen
the charge gets it again, an unknown outcome never does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import TypeAlias, TypeVar

from gateway_core.acquiring.acquirer import Acquirer
from gateway_core.acquiring.events import settled_event
from gateway_core.acquiring.sources import ChargeSource
from gateway_core.acquiring.telemetry import Call, Telemetry
from gateway_core.db.pool import UNAVAILABLE, Pool, autocommit, reading, transaction
from gateway_core.db.queries import events, leases
from gateway_core.db.queries.leases import Claimed, Settlement, StatusQuery
from gateway_core.domain.acquiring import (
    Answer,
    NotFound,
    QueryStatusAt,
    Settle,
    StatusAnswer,
    Unknown,
    decide,
)
from gateway_core.worker.due_loop import Bounds

CALL_DEADLINE_S = 5.0
LEASE_S = 20.0
"""Longer than a status query, a submit and the record together: healthy work never loses its lease."""
BOUNDS = Bounds(batch=500, max_in_flight=2_000, chunk=500, min_round_s=0.05)

AnswerT = TypeVar("AnswerT", Answer, StatusAnswer)
Answers: TypeAlias = Mapping[str, Answer]
"""By the charge's key. A row without an answer is left as it is until its lease ends."""

_log = logging.getLogger(__name__)


class ChargeWork:
    """The work of a processor: rows of one source, charged at one acquirer."""

    def __init__(
        self,
        pool: Pool,
        acquirer: Acquirer,
        source: ChargeSource,
        on_events: Callable[[], None],
        *,
        call_deadline_s: float = CALL_DEADLINE_S,
        lease_s: float = LEASE_S,
    ) -> None:
        self._pool = pool
        self._acquirer = acquirer
        self._source = source
        self._on_events = on_events
        self._call_deadline_s = call_deadline_s
        self._lease_s = lease_s
        self._telemetry = Telemetry(source)

    async def claim(self, limit: int) -> Sequence[Claimed]:
        """Lease up to ``limit`` due rows for ``lease_s``."""
        async with autocommit(self._pool) as conn:
            rows = await self._source.claim_due(conn, limit=limit, lease_s=self._lease_s)
        self._telemetry.claimed(rows)
        return rows

    async def next_due_in_s(self) -> float | None:
        """Seconds until the next row is due."""
        async with reading(self._pool) as conn:
            return await leases.next_due_in_s(conn, self._source.table)

    async def process(self, rows: Sequence[Claimed]) -> None:
        """Ask the acquirer about ``rows`` and record what it says."""
        started_s = perf_counter()
        answers = await self._charge(rows, started_s)
        await self._record(rows, answers, started_s)

    async def _charge(self, rows: Sequence[Claimed], started_s: float) -> Answers:
        """Refuse, query the status of what was submitted, and submit what the acquirer has never seen.

        Nothing is submitted once the lease may be lost: by the time the acquirer hears of it, an operator may have
        ended the row.
        """
        answers: dict[str, Answer] = {row.id: row.refusal for row in rows if row.refusal is not None}
        allowed = [row for row in rows if row.refusal is None]
        submitted = [row for row in allowed if row.was_submitted]
        statuses = await self._query_status(submitted)
        answers |= {key: status for key, status in statuses.items() if not isinstance(status, NotFound)}
        if perf_counter() - started_s < self._lease_s - self._call_deadline_s:
            answers |= await self._submit([row for row in allowed if row.id not in answers])
        return answers

    async def _query_status(self, rows: Sequence[Claimed]) -> Mapping[str, StatusAnswer]:
        keys = [row.id for row in rows]
        return await self._ask("query_status", rows, lambda: self._acquirer.query_status(keys))

    async def _submit(self, rows: Sequence[Claimed]) -> Answers:
        charges = [row.charge for row in rows]
        return await self._ask("submit", rows, lambda: self._acquirer.submit(charges))

    async def _ask(
        self, what: Call, rows: Sequence[Claimed], call: Callable[[], Awaitable[Sequence[AnswerT]]]
    ) -> Mapping[str, AnswerT | Unknown]:
        """An answer for each of ``rows``, whatever the acquirer does: what it does not say in time is unknown."""
        if not rows:
            return {}
        answers: Sequence[AnswerT | Unknown]
        try:
            with self._telemetry.call(what, rows):
                async with asyncio.timeout(self._call_deadline_s):
                    answers = await call()
            if len(answers) != len(rows):
                raise ValueError(f"{len(answers)} answers to {len(rows)} questions")
        except Exception as error:  # noqa: BLE001 -- whatever an adapter raises means: we do not know
            _log.warning("the acquirer could not be asked about %d rows: %r", len(rows), error)
            answers = [Unknown(type(error).__name__)] * len(rows)
        self._telemetry.answered(answers)
        return {row.id: answer for row, answer in zip(rows, answers, strict=True)}

    async def _record(self, rows: Sequence[Claimed], answers: Answers, started_s: float) -> None:
        """Record all in one transaction; when some row spoils it, each in its own, then raise what failed.

        Rows of a batch come due together: unless the others are recorded, the bad one holds them up for ever.
        """
        try:
            await self._record_together(rows, answers, started_s)
        except UNAVAILABLE:
            raise
        except Exception as error:
            if len(rows) == 1:
                raise
            _log.warning("recording %d rows one by one: %r", len(rows), error)
            await self._record_apart(rows, answers, started_s)

    async def _record_apart(self, rows: Sequence[Claimed], answers: Answers, started_s: float) -> None:
        failure: Exception | None = None
        for row in rows:
            try:
                await self._record_together([row], answers, started_s)
            except UNAVAILABLE:
                raise
            except Exception as error:  # noqa: BLE001 -- raised below, after the others had their turn
                self._telemetry.not_recorded(row, error)
                failure = error
        if failure is not None:
            raise failure

    async def _record_together(self, rows: Sequence[Claimed], answers: Answers, started_s: float) -> None:
        """One transaction: fence, final statuses with their events, and the times of the next questions."""
        table = self._source.table
        with self._telemetry.recording(rows):
            async with transaction(self._pool) as conn, conn.pipeline():
                held = await leases.lock_held(conn, table, [row.lease for row in rows])
                ends, queries = self._outcomes(rows, answers, held.now)
                held_ends = [(row, end) for row, end in ends if row.id in held.ids]
                if held_ends:
                    await self._source.settle(conn, [_settlement(row, end) for row, end in held_ends])
                    await events.append(
                        conn, [settled_event(row.record, end, held.now) for row, end in held_ends]
                    )
                if queries:
                    await leases.schedule_queries(conn, table, queries)
                await conn.commit()  # within the pipeline: it goes out with the writes
        self._telemetry.recorded(rows, held, ends, queries, perf_counter() - started_s)
        if held_ends:
            self._on_events()

    def _outcomes(
        self, rows: Sequence[Claimed], answers: Answers, now: datetime
    ) -> tuple[list[tuple[Claimed, Settle]], list[StatusQuery]]:
        """What to record of the rows whose lease still holds: final statuses, and the next questions."""
        ends: list[tuple[Claimed, Settle]] = []
        queries: list[StatusQuery] = []
        for row in rows:
            if row.id not in answers:
                continue
            match decide(answers[row.id], row.status_queries, now, self._source.ends):
                case QueryStatusAt(at, requires_review):
                    queries.append(StatusQuery(row.lease, at, row.status_queries, requires_review))
                case end:
                    ends.append((row, end))
        return ends, queries


def _settlement(row: Claimed, end: Settle) -> Settlement:
    return Settlement(row.lease, end.status, end.error_code, end.error_description)
