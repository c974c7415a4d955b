"""How many rows of a queue are due, for metrics and autoscaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway_core.db.pool import Connection

_DUE_AT: Final = {
    "payment-processing": """
        SELECT next_attempt_at AS due_at, requires_review FROM payments WHERE next_attempt_at IS NOT NULL
    """,
    "refund-processing": """
        SELECT next_attempt_at AS due_at, requires_review FROM refunds WHERE next_attempt_at IS NOT NULL
    """,
    "webhook-delivery": """
        SELECT greatest(next_retry_at, leased_until) AS due_at, false AS requires_review
        FROM webhook_logs WHERE status = 'pending'
        UNION ALL SELECT created_at, false FROM events WHERE fanned_out_at IS NULL
    """,
}


@dataclass(frozen=True, slots=True)
class Backlog:
    """``due`` rows can be claimed now, ``scheduled`` ones are due later or leased. ``requires_review`` counts
    rows of either kind with an unknown outcome.
    """

    due: int
    scheduled: int
    oldest_due_age_s: float
    requires_review: int = 0


async def read_backlog(conn: Connection, queue: str) -> Backlog:
    """The backlog of one of the contract's three queues; KeyError for another name."""
    cursor = await conn.execute(
        f"""
        SELECT count(*) FILTER (WHERE due_at <= now()) AS due,
               count(*) FILTER (WHERE due_at > now()) AS scheduled,
               coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE due_at <= now())), 0)::float8
                   AS oldest_due_age_s,
               count(*) FILTER (WHERE requires_review) AS requires_review
        FROM ({_DUE_AT[queue]}) waiting
        """
    )
    row = await cursor.fetchone()
    assert row is not None  # an aggregate always has one row
    return Backlog(**row)
