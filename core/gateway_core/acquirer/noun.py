"""What differs between what is driven at an acquirer: payments and refunds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from gateway_core.db.pool import Connection
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Lease, LeasedTable, Settlement
from gateway_core.domain.acquiring import Answer, Charge, Settle, Transition
from gateway_core.streams.names import Stream

Row = TypeVar("Row")
StatusT = TypeVar("StatusT", bound=StrEnum)


class Noun(ABC, Generic[Row, StatusT]):
    """What differs between payments and refunds."""

    table: LeasedTable
    queue: Stream

    @abstractmethod
    async def claim(self, conn: Connection, *, limit: int, lease_s: float) -> Sequence[Row]:
        """Lease due rows."""

    @abstractmethod
    def lease(self, row: Row) -> Lease:
        """The lease of a claimed row."""

    @abstractmethod
    def look_ups(self, row: Row) -> int:
        """How many look-ups were answered before this lease."""

    @abstractmethod
    def lease_expired(self, row: Row) -> bool:
        """Whether the lease before this one ran out with nothing recorded."""

    @abstractmethod
    def traceparent(self, row: Row) -> str | None:
        """The trace of the request that made the row."""

    @abstractmethod
    def charge(self, row: Row) -> Charge:
        """What the acquirer is asked to do."""

    def refused(self, row: Row) -> Settle[StatusT] | None:
        """A final status that needs no acquirer, if the row may not be driven at all."""
        return None

    @abstractmethod
    def decide(self, answer: Answer, look_ups: int, now: datetime) -> Transition[StatusT]:
        """What to record after ``answer``."""

    @abstractmethod
    def settled_event(self, row: Row, outcome: Settle[StatusT], now: datetime) -> NewEvent:
        """The event that announces ``outcome``."""

    @abstractmethod
    async def settle(self, conn: Connection, settlements: Sequence[Settlement]) -> int:
        """Record final statuses."""

    @abstractmethod
    def observe_end(self, row: Row, now: datetime) -> None:
        """Time ``row``, which became final at ``now``, from its creation on."""
