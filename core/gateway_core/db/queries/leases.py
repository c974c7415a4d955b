"""What payments and refunds share while a processor holds them: the fence, the next question, the next due time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from psycopg import sql

from gateway_core.db.pool import Connection


class LeasedTable(StrEnum):
    """Tables whose rows are driven at an acquirer under a lease."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"


@dataclass(frozen=True, slots=True)
class Lease:
    """Proof of a claim: it holds as long as nobody has claimed the row again since."""

    id: str
    generation: int


@dataclass(frozen=True, slots=True)
class LookUp:
    """A row to be asked about, or submitted again, at ``at`` (UTC)."""

    lease: Lease
    at: datetime
    look_ups: int
    requires_review: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """A row's final status."""

    lease: Lease
    status: str
    error_code: str | None
    error_description: str | None


async def lock_held(conn: Connection, table: LeasedTable, leases: Sequence[Lease]) -> set[str]:
    """Lock the rows whose lease still holds and return their ids; the fence before a settlement."""
    query = sql.SQL(
        """
        SELECT r.id FROM unnest(%s::text[], %s::int[]) AS t (id, generation)
        JOIN {} r ON r.id = t.id AND r.lease_generation = t.generation AND r.status = 'processing'
        ORDER BY r.id FOR NO KEY UPDATE OF r
        """
    ).format(sql.Identifier(table))
    cursor = await conn.execute(
        query, ([lease.id for lease in leases], [lease.generation for lease in leases])
    )
    return {row["id"] for row in await cursor.fetchall()}


async def schedule_look_ups(conn: Connection, table: LeasedTable, look_ups: Sequence[LookUp]) -> int:
    """Give leases back with the time of the next question; returns how many leases still held."""
    query = sql.SQL(
        """
        UPDATE {} r
        SET next_attempt_at = t.at, leased = false, look_ups = t.look_ups, requires_review = t.requires_review
        FROM unnest(%s::text[], %s::int[], %s::timestamptz[], %s::int[], %s::bool[])
             AS t (id, generation, at, look_ups, requires_review)
        WHERE r.id = t.id AND r.lease_generation = t.generation AND r.status = 'processing'
        """
    ).format(sql.Identifier(table))
    cursor = await conn.execute(
        query,
        (
            [look_up.lease.id for look_up in look_ups],
            [look_up.lease.generation for look_up in look_ups],
            [look_up.at for look_up in look_ups],
            [look_up.look_ups for look_up in look_ups],
            [look_up.requires_review for look_up in look_ups],
        ),
    )
    return cursor.rowcount


async def next_due_in_s(conn: Connection, table: LeasedTable) -> float | None:
    """Seconds until the next row is due (0 = now); None when none is waiting."""
    query = sql.SQL(
        """
        SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS due_in_s
        FROM {} WHERE next_attempt_at IS NOT NULL ORDER BY next_attempt_at LIMIT 1
        """
    ).format(sql.Identifier(table))
    row = await (await conn.execute(query)).fetchone()
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
