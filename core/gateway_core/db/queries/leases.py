"""What payments and refunds share under a lease: the claimed row, the fence, the next due time.

Statements find rows by primary key, one by one (``LATERAL``, ``OFFSET 0``): with the statistics of a quiet hour
the planner would search the rows that are ``processing`` and read thousands of them for every batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from gateway_core.db.pool import Connection
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.acquiring import Charge, ChargeKind, Declined

Record: TypeAlias = PaymentRecord | RefundRecord


class LeasedTable(StrEnum):
    """Tables whose rows are charged at an acquirer under a lease."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"


@dataclass(frozen=True, slots=True)
class Lease:
    """Proof of a claim; valid until another claim of the row."""

    id: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A leased row and the charge to make for it.

    ``was_submitted``: the holder of an earlier lease may have submitted the charge. ``status_queries`` counts
    those of the charge so far, this lease's included. ``lease_expired``: the previous holder never recorded an
    outcome. ``refusal``: why the charge must not be made.
    """

    record: Record
    charge: Charge
    lease: Lease
    was_submitted: bool
    status_queries: int
    lease_expired: bool
    refusal: Declined | None

    @property
    def id(self) -> str:
        """The payment's or refund's id, which is the charge's key."""
        return self.lease.id


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """The next status query of a row, at ``at`` (UTC), after ``status_queries`` that were answered."""

    lease: Lease
    at: datetime
    status_queries: int
    requires_review: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """A row's final status."""

    lease: Lease
    status: str
    error_code: str | None
    error_description: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """The ids of the rows whose lease still holds; ``now`` is the transaction's time (UTC)."""

    ids: set[str]
    now: datetime


def claimed(
    row: Mapping[str, Any], kind: ChargeKind, record: Callable[[Mapping[str, Any]], Record]
) -> Claimed:
    """What a claim's ``row`` says: the columns of ``record``, those of the charge and those of the lease."""
    return Claimed(
        record=record(row),
        charge=Charge(
            key=row["id"],
            kind=kind,
            amount_minor=row["amount"],
            currency=row["currency"],
            method=row["method"],
            vpa=row["vpa"],
            card_network=row["card_network"],
            card_last4=row["card_last4"],
        ),
        lease=Lease(row["id"], row["lease_generation"]),
        was_submitted=row["was_submitted"],
        status_queries=row["look_ups"] + 1 if row["was_submitted"] else 0,
        lease_expired=row["lease_expired"],
        refusal=None if row["refusal"] is None else Declined(row["refusal"]),
    )


def held_rows(table: LeasedTable) -> str:
    """A query for the rows of ``asked`` (id, generation, …) whose lease still holds; locks them in the order of ids."""
    return f"""
        SELECT asked.* FROM (SELECT * FROM asked ORDER BY id) asked CROSS JOIN LATERAL (
            SELECT lease_generation, status FROM {table} WHERE id = asked.id OFFSET 0 FOR NO KEY UPDATE
        ) r
        WHERE r.lease_generation = asked.generation AND r.status = 'processing'
    """


async def lock_held(conn: Connection, table: LeasedTable, leases: Sequence[Lease]) -> Held:
    """Lock the rows whose lease still holds; the fence before a settlement."""
    cursor = await conn.execute(
        f"""
        WITH asked AS (SELECT * FROM unnest(%s::text[], %s::int[]) AS t (id, generation))
        SELECT now() AS now, array(SELECT id FROM ({held_rows(table)}) held) AS ids
        """,
        ([lease.id for lease in leases], [lease.generation for lease in leases]),
    )
    row = await cursor.fetchone()
    assert row is not None  # it has no FROM
    return Held(set(row["ids"]), row["now"])


async def schedule_queries(conn: Connection, table: LeasedTable, queries: Sequence[StatusQuery]) -> None:
    """Release the leases that still hold, and set the time of the next status query."""
    await conn.execute(
        f"""
        WITH asked AS (
            SELECT * FROM unnest(%s::text[], %s::int[], %s::timestamptz[], %s::int[], %s::bool[])
                AS t (id, generation, at, status_queries, requires_review)
        ), held AS ({held_rows(table)})
        UPDATE {table} r SET next_attempt_at = held.at, leased = false, look_ups = held.status_queries,
            requires_review = held.requires_review
        FROM held WHERE r.id = held.id
        """,
        (
            [query.lease.id for query in queries],
            [query.lease.generation for query in queries],
            [query.at for query in queries],
            [query.status_queries for query in queries],
            [query.requires_review for query in queries],
        ),
    )


async def next_due_in_s(conn: Connection, table: LeasedTable) -> float | None:
    """Seconds until the next row is due (0 = now); None when none is waiting."""
    cursor = await conn.execute(
        f"""
        SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS due_in_s
        FROM {table} WHERE next_attempt_at IS NOT NULL ORDER BY next_attempt_at LIMIT 1
        """
    )
    row = await cursor.fetchone()
    return None if row is None else max(0.0, float(row["due_in_s"]))


def settlement_columns(settlements: Sequence[Settlement]) -> tuple[list[object], ...]:
    """``settlements`` as the five arrays (id, generation, status, error_code, error_description) for ``unnest``."""
    return (
        [settlement.lease.id for settlement in settlements],
        [settlement.lease.generation for settlement in settlements],
        [settlement.status for settlement in settlements],
        [settlement.error_code for settlement in settlements],
        [settlement.error_description for settlement in settlements],
    )
