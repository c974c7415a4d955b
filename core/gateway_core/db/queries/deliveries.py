"""Deliveries as merchants see them: the log, one delivery in detail, manual retries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One row of the delivery log. ``response_code`` and ``last_error`` are those of the last attempt on record."""

    id: UUID
    event: str
    subject_id: str
    status: str
    attempts: int
    response_code: int | None
    last_error: str | None
    last_attempt_at: datetime | None
    next_retry_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """A delivery with the exact bytes that are sent. ``url`` is None when there is none to send it to."""

    view: DeliveryView
    payload: bytes
    url: str | None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt. Headers are None of attempts that were recorded before headers were."""

    attempt: int
    started_at: datetime
    duration_ms: int
    url: str
    request_headers: Mapping[str, str] | None
    response_code: int | None
    response_headers: Mapping[str, str] | None
    response_body: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Restarted:
    """How many deliveries one batch restarted, and the last of them; ``last`` is None if there was none."""

    count: int
    last: tuple[datetime, UUID] | None


COLUMNS: Final = (
    "l.id, l.event, l.subject_id, l.status, l.attempts, l.response_code, l.last_error, l.last_attempt_at, "
    "l.next_retry_at, l.created_at"
)


async def get(conn: Connection, merchant_id: UUID, delivery_id: UUID) -> DeliveryDetail | None:
    """A delivery of the merchant's own, None when it has none with this id.

    ``url`` is where the last attempt went, or, before the first, where it would go now.
    """
    cursor = await conn.execute(
        f"""
        SELECT {COLUMNS}, e.payload, coalesce(
            (SELECT a.url FROM webhook_attempts a WHERE a.delivery_id = l.id
             ORDER BY a.lease_generation DESC LIMIT 1), m.webhook_url) AS url
        FROM webhook_logs l JOIN events e ON e.id = l.event_id JOIN merchants m ON m.id = l.merchant_id
        WHERE l.id = %s AND l.merchant_id = %s
        """,
        (delivery_id, merchant_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    payload, url = bytes(row.pop("payload")), row.pop("url")
    return DeliveryDetail(DeliveryView(**row), payload, url)


async def attempts_of(conn: Connection, delivery_id: UUID, limit: int) -> list[AttemptView]:
    """The ``limit`` newest attempts at a delivery, newest first, those before manual retries included."""
    cursor = await conn.execute(
        """
        SELECT attempt, started_at, duration_ms, url, request_headers, response_code, response_headers,
               response_body, error
        FROM webhook_attempts WHERE delivery_id = %s ORDER BY lease_generation DESC LIMIT %s
        """,
        (delivery_id, limit),
    )
    return [AttemptView(**row) for row in await cursor.fetchall()]


# A new generation fences off an attempt that is in flight: it goes on record, but its result no longer counts. The row
# goes on to show what its last attempt came to, until the next one; that there was no URL was no attempt's result.
_RESTART: Final = """
    SET status = 'pending', attempts = 0, next_retry_at = now(), leased_until = NULL,
        lease_generation = l.lease_generation + 1,
        last_error = CASE WHEN l.last_error = 'no_url' THEN (
            SELECT a.error FROM webhook_attempts a WHERE a.delivery_id = l.id ORDER BY a.lease_generation DESC LIMIT 1
        ) ELSE l.last_error END
"""


async def restart(conn: Connection, merchant_id: UUID, delivery_id: UUID) -> bool:
    """Make a delivery due now with its attempts counted from 0; False when the merchant has none with this id."""
    cursor = await conn.execute(
        f"UPDATE webhook_logs l {_RESTART} WHERE l.id = %s AND l.merchant_id = %s", (delivery_id, merchant_id)
    )
    return cursor.rowcount == 1


async def restart_failed(
    conn: Connection,
    merchant_id: UUID,
    *,
    created_from: datetime,
    after: tuple[datetime, UUID] | None,
    event: str | None,
    limit: int,
) -> Restarted:
    """Restart up to ``limit`` failed deliveries, oldest first, of those after ``after``: (created_at, id).

    Rows that another caller is restarting are skipped: no row is counted twice, and no caller waits.
    """
    cursor = await conn.execute(
        f"""
        WITH batch AS (
            SELECT id FROM webhook_logs
            WHERE merchant_id = %(merchant)s AND status = 'failed' AND created_at >= %(from)s
              AND (%(event)s::text IS NULL OR event = %(event)s)
              AND (%(after_id)s::uuid IS NULL OR (created_at, id) > (%(after_at)s, %(after_id)s))
            ORDER BY created_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
        )
        UPDATE webhook_logs l {_RESTART} FROM batch WHERE l.id = batch.id RETURNING l.created_at, l.id
        """,
        {
            "merchant": merchant_id,
            "from": created_from,
            "event": event,
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    )
    restarted = [(row["created_at"], row["id"]) for row in await cursor.fetchall()]
    return Restarted(len(restarted), max(restarted, default=None))
