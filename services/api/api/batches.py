"""Concurrent creations of one noun share transactions: a commit costs the same for one row and for a hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import psycopg

from api import idempotency
from api.answers import Answer
from api.idempotency import Keyed
from api.pipeline import both
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.domain.errors import GatewayError
from gateway_core.runtime.coalescer import Coalescer

MAX_BATCH: Final = 100
MAX_WAITING: Final = 2000
IN_FLIGHT: Final = 2

# Faults of a row, not of the server or of a statement: without that row the batch would have passed.
ROW_FAULTS: Final = (psycopg.DataError, psycopg.IntegrityError)

Wake: TypeAlias = Callable[[], None]
"""Tells the relay that events have been committed."""

Request = TypeVar("Request")
Facts = TypeVar("Facts")
Row = TypeVar("Row")
# How Generic and Protocol want them: what goes in only, and what comes out only.
Request_contra = TypeVar("Request_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Write(Generic[Request]):
    """A request to create something, or why it must be refused unless its key has an answer stored."""

    request: Request | GatewayError
    keyed: Keyed | None = None


class Noun(Protocol[Request_contra, Facts, Row]):
    """How a batch of one noun is created within a transaction."""

    async def read(self, conn: Connection, requests: Sequence[Request_contra]) -> Facts:
        """What the decisions depend on."""

    def decide(self, request: Request_contra, facts: Facts) -> tuple[Row, Answer]:
        """The row to write and the answer; raises GatewayError. Pure."""

    async def write(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Write the rows and their events."""


Decision: TypeAlias = tuple[Row, Answer] | Answer | Exception


class BatchWriter(Generic[Request, Facts, Row]):
    """Creates through a :class:`Noun`; an answer is given only after its transaction has committed.

    ``wake`` is called after a commit, by nouns whose rows come with events.
    """

    def __init__(self, pool: Pool, noun: Noun[Request, Facts, Row], wake: Wake | None = None) -> None:
        self._pool = pool
        self._noun = noun
        self._wake = wake
        self._writes: Coalescer[Write[Request], Answer] = Coalescer(
            self._flush, max_batch=MAX_BATCH, max_waiting=MAX_WAITING, in_flight=IN_FLIGHT
        )

    async def create(self, write: Write[Request]) -> Answer:
        """The new or the replayed answer; raises GatewayError, psycopg.Error and the Coalescer's errors."""
        if isinstance(write.request, GatewayError) and write.keyed is None:
            raise write.request
        return await self._writes.submit(write)

    async def aclose(self) -> None:
        """Answer the writes that wait, refuse new ones."""
        await self._writes.aclose()

    async def _flush(self, writes: Sequence[Write[Request]]) -> list[Answer | Exception]:
        try:
            return await self._commit(writes)
        except ROW_FAULTS as fault:
            if len(writes) == 1:
                return [fault]
            return [await self._alone(write) for write in writes]

    async def _alone(self, write: Write[Request]) -> Answer | Exception:
        try:
            [outcome] = await self._commit([write])
        except Exception as failure:  # noqa: BLE001 -- its caller gets it
            return failure
        return outcome

    async def _commit(self, writes: Sequence[Write[Request]]) -> list[Answer | Exception]:
        requests = [write.request for write in writes if not isinstance(write.request, GatewayError)]
        async with transaction(self._pool) as conn, conn.pipeline():
            verdicts, facts = await both(
                idempotency.judge(conn, [write.keyed for write in writes]), self._noun.read(conn, requests)
            )
            decisions = [
                verdict or self._decide(write.request, facts)
                for write, verdict in zip(writes, verdicts, strict=True)
            ]
            await self._write(conn, writes, decisions)
        if self._wake is not None and any(isinstance(decision, tuple) for decision in decisions):
            self._wake()
        return [decision[1] if isinstance(decision, tuple) else decision for decision in decisions]

    def _decide(self, request: Request | GatewayError, facts: Facts) -> Decision[Row]:
        if isinstance(request, GatewayError):
            return request
        try:
            return self._noun.decide(request, facts)
        except Exception as failure:  # noqa: BLE001 -- its own caller's fault, not the batch's
            return failure

    async def _write(
        self, conn: Connection, writes: Sequence[Write[Request]], decisions: Sequence[Decision[Row]]
    ) -> None:
        made = [
            (write.keyed, *decision)
            for write, decision in zip(writes, decisions, strict=True)
            if isinstance(decision, tuple)
        ]
        if made:
            await self._noun.write(conn, [row for _, row, _ in made])
            await idempotency.store(conn, [(keyed, answer) for keyed, _, answer in made])
