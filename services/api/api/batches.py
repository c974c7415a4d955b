"""Concurrent creations of one kind share transactions: a commit costs the same for one row and for a hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import psycopg
from pydantic import BaseModel

from api import idempotency
from api.idempotency import Replay, ScopedKey
from gateway_core.db.pool import REQUEST, Connection, Pool, autocommit, transaction
from gateway_core.db.queries.idempotency import is_key_conflict
from gateway_core.domain.errors import idempotency_key_in_use
from gateway_core.runtime.coalescer import Coalescer

MAX_BATCH: Final = 100
MAX_WAITING: Final = 2000
IN_FLIGHT: Final = 2
CREATED: Final = 201

# Faults of a row, not of the server or of a statement: without that row the batch would have passed.
ROW_FAULTS: Final = (psycopg.DataError, psycopg.IntegrityError)

Wake: TypeAlias = Callable[[], None]
"""Tells the relay that events have been committed."""

Request = TypeVar("Request")
Context = TypeVar("Context")
Row = TypeVar("Row")
Content = TypeVar("Content", bound=BaseModel)
# How Protocol wants what goes in only, and what comes out only.
Request_contra = TypeVar("Request_contra", contravariant=True)
Content_co = TypeVar("Content_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Creation(Generic[Request]):
    """A request to create something, under its idempotency key if it has one."""

    request: Request
    key: ScopedKey | None = None


class BatchOperation(Protocol[Request_contra, Context, Row, Content_co]):
    """How a batch is created. ``locks``: what ``read`` locks must stay as it is until the rows are written."""

    locks: bool

    async def read(self, conn: Connection, requests: Sequence[Request_contra]) -> Context:
        """What the decisions depend on."""

    def decide(self, request: Request_contra, context: Context) -> tuple[Row, Content_co]:
        """The row to write and what its caller is answered; raises GatewayError. Pure."""

    async def write(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Write the rows and their events."""


Decision: TypeAlias = tuple[Row, Content] | Replay | Exception


class BatchWriter(Generic[Request, Context, Row, Content]):
    """Creates through a :class:`BatchOperation`; callers are answered only after their transaction has committed.

    ``wake`` is called after a commit of rows that come with events.
    """

    def __init__(
        self,
        pool: Pool,
        operation: BatchOperation[Request, Context, Row, Content],
        wake: Wake | None = None,
    ) -> None:
        self._pool = pool
        self._operation = operation
        self._wake = wake
        self._creations: Coalescer[Creation[Request], Content | Replay] = Coalescer(
            self._flush,
            max_batch=MAX_BATCH,
            max_waiting=MAX_WAITING,
            in_flight=IN_FLIGHT,
            max_wait_s=REQUEST.answer_s,
        )

    async def create(self, request: Request, key: ScopedKey | None) -> Content | Replay:
        """What was created, or the stored answer; raises GatewayError, psycopg.Error and the Coalescer's errors."""
        return await self._creations.submit(Creation(request, key))

    async def aclose(self) -> None:
        """Answer the creations that wait, refuse new ones."""
        await self._creations.aclose()

    async def _flush(self, batch: Sequence[Creation[Request]]) -> list[Content | Replay | Exception]:
        try:
            return await self._commit(batch)
        except ROW_FAULTS:
            return [await self._alone(creation) for creation in batch]

    async def _alone(self, creation: Creation[Request]) -> Content | Replay | Exception:
        try:
            [outcome] = await self._commit([creation])
        except Exception as failure:  # noqa: BLE001 -- its caller gets it
            return idempotency_key_in_use() if is_key_conflict(failure) else failure
        return outcome

    async def _commit(self, batch: Sequence[Creation[Request]]) -> list[Content | Replay | Exception]:
        session = transaction if self._operation.locks else autocommit
        async with session(self._pool) as conn:
            outcomes = await idempotency.look_up(conn, [creation.key for creation in batch])
            context = await self._operation.read(conn, [creation.request for creation in batch])
            decisions = [
                outcome or self._decide(creation.request, context)
                for creation, outcome in zip(batch, outcomes, strict=True)
            ]
            # Without a transaction around them, the statements of a pipeline are one: all of them or none.
            async with conn.pipeline():
                await self._write(conn, batch, decisions)
                if self._operation.locks:
                    await conn.commit()  # goes out with the writes
        if self._wake is not None and any(isinstance(decision, tuple) for decision in decisions):
            self._wake()
        return [decision[1] if isinstance(decision, tuple) else decision for decision in decisions]

    def _decide(self, request: Request, context: Context) -> Decision[Row, Content]:
        try:
            return self._operation.decide(request, context)
        except Exception as failure:  # noqa: BLE001 -- its own caller's fault, not the batch's
            return failure

    async def _write(
        self,
        conn: Connection,
        batch: Sequence[Creation[Request]],
        decisions: Sequence[Decision[Row, Content]],
    ) -> None:
        made = [
            (creation.key, *decision)
            for creation, decision in zip(batch, decisions, strict=True)
            if isinstance(decision, tuple)
        ]
        if made:
            await self._operation.write(conn, [row for _, row, _ in made])
            await idempotency.store(conn, CREATED, [(key, content) for key, _, content in made])
