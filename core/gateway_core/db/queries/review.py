"""Payments and refunds with an unknown outcome, as an operator reads and resolves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from gateway_core.db.pool import Connection
from gateway_core.db.queries.leases import Lease, LeasedTable


@dataclass(frozen=True, slots=True)
class InReview:
    """A row in review; ``status_queries`` were answered without an outcome."""

    id: str
    merchant_id: UUID
    amount: int
    currency: str
    created_at: datetime
    status_queries: int


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A locked row. A worker may query its status for ``held_for_s`` more seconds; 0: no worker holds it."""

    lease: Lease
    status: str
    requires_review: bool
    held_for_s: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """An operator's decision: the row's final status, who decided, and why."""

    subject_id: str
    merchant_id: UUID
    outcome: str
    resolved_by: str
    reason: str


async def waiting(conn: Connection, limit: int) -> Sequence[InReview]:
    """The ``limit`` oldest payments and refunds in review."""
    cursor = await conn.execute(
        """
        SELECT id, merchant_id, amount, currency, created_at, look_ups AS status_queries
        FROM payments WHERE requires_review
        UNION ALL
        SELECT r.id, r.merchant_id, r.amount, p.currency, r.created_at, r.look_ups
        FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.requires_review
        ORDER BY created_at, id LIMIT %s
        """,
        (limit,),
    )
    return [InReview(**row) for row in await cursor.fetchall()]


async def lock(conn: Connection, table: LeasedTable, row_id: str) -> ReviewState | None:
    """A row, locked until the transaction ends: no worker claims or records it meanwhile."""
    query = sql.SQL(
        """
        SELECT lease_generation, status, requires_review, CASE WHEN leased THEN
            greatest(extract(epoch FROM next_attempt_at - clock_timestamp()), 0) ELSE 0 END::float8 AS held_for_s
        FROM {} WHERE id = %s FOR NO KEY UPDATE
        """
    ).format(sql.Identifier(table))
    row = await (await conn.execute(query, (row_id,))).fetchone()
    if row is None:
        return None
    lease = Lease(row_id, row["lease_generation"])
    return ReviewState(lease, row["status"], row["requires_review"], row["held_for_s"])


async def record(conn: Connection, resolution: Resolution) -> None:
    """Insert a decision, which cannot be changed. Raises ``UniqueViolation`` for a second one about the same row."""
    await conn.execute(
        """
        INSERT INTO review_resolutions (subject_id, merchant_id, outcome, resolved_by, reason)
        VALUES (%s, %s, %s, %s, %s)
        """,
        (
            resolution.subject_id,
            resolution.merchant_id,
            resolution.outcome,
            resolution.resolved_by,
            resolution.reason,
        ),
    )
