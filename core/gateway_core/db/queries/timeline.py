"""What happened around one payment: its events, its refunds' events, and the attempts to deliver them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event with the delivery made of it (if any), or one attempt at that delivery."""

    at: datetime
    kind: Literal["event", "attempt"]
    event: str
    subject_id: str
    delivery_id: UUID | None
    delivery_status: str | None
    next_retry_at: datetime | None
    attempt: int | None
    response_code: int | None
    duration_ms: int | None
    error: str | None


async def happenings(conn: Connection, subject_ids: Sequence[str], *, limit: int) -> Sequence[Happening]:
    """The newest ``limit`` around the payment and refunds ``subject_ids``, the oldest of them first."""
    cursor = await conn.execute(
        """
        WITH told AS (
            SELECT e.id AS event_id, e.created_at, e.type, e.subject_id, l.id AS delivery_id,
                   l.status AS delivery_status,
                   CASE WHEN l.status = 'pending' THEN l.next_retry_at END AS next_retry_at
            FROM events e LEFT JOIN webhook_logs l ON l.event_id = e.id
            -- The second condition is the unique index's own: without it the log would be read from end to end.
            WHERE e.subject_id = ANY(%(subjects)s) AND e.type <> 'webhook.test'
        ), happened AS (
            SELECT created_at AS at, 'event' AS kind, event_id, 0 AS number, type AS event, subject_id, delivery_id,
                   delivery_status, next_retry_at, NULL::int AS attempt, NULL::int AS response_code,
                   NULL::int AS duration_ms, NULL::text AS error
            FROM told
            UNION ALL
            SELECT a.started_at, 'attempt', t.event_id, a.lease_generation, t.type, t.subject_id, t.delivery_id,
                   t.delivery_status, t.next_retry_at, a.attempt, a.response_code, a.duration_ms, a.error
            FROM told t JOIN webhook_attempts a ON a.delivery_id = t.delivery_id
        )
        SELECT at, kind, event, subject_id, delivery_id, delivery_status, next_retry_at, attempt, response_code,
               duration_ms, error
        FROM happened ORDER BY at DESC, event_id DESC, number DESC LIMIT %(limit)s
        """,
        {"subjects": list(subject_ids), "limit": limit},
    )
    return [Happening(**row) for row in reversed(await cursor.fetchall())]
