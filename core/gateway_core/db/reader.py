"""Reads that many clients make at once, as one statement for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

from gateway_core.db.pool import REQUEST, Connection, Pool, reading
from gateway_core.runtime.coalescer import Coalescer

MAX_BATCH = 200
MAX_WAITING = 2000
IN_FLIGHT = 2

Row = TypeVar("Row")
GetMany: TypeAlias = Callable[[Connection, Sequence[str]], Awaitable[Mapping[str, Row]]]


class Reader(Generic[Row]):
    """Rows by key. Keys that are asked for while ``IN_FLIGHT`` reads run share the next one.

    A row is read after it was asked for, never from an earlier answer: whatever was committed before counts.
    """

    def __init__(self, pool: Pool, get_many: GetMany[Row]) -> None:
        """``get_many`` is one statement of ``db.queries``, which leaves out keys that do not exist."""
        self._pool = pool
        self._get_many = get_many
        self._reads: Coalescer[str, Row | None] = Coalescer(
            self._read,
            max_batch=MAX_BATCH,
            max_waiting=MAX_WAITING,
            in_flight=IN_FLIGHT,
            max_wait_s=REQUEST.answer_s,
        )

    async def get(self, key: str) -> Row | None:
        """The row, None when there is none.

        Raises what ``get_many`` raises, ``Overloaded`` when ``MAX_WAITING`` callers wait or this one
        waits too long, ``CoalescerClosed`` after
        ``aclose`` began. Cancelling one caller does not affect the others' read.
        """
        return await self._reads.submit(key)

    async def aclose(self) -> None:
        """Answer the callers that wait, refuse new ones."""
        await self._reads.aclose()

    async def _read(self, keys: Sequence[str]) -> Sequence[Row | None]:
        async with reading(self._pool) as conn:
            found = await self._get_many(conn, list(set(keys)))
        return [found.get(key) for key in keys]
