"""The event log: appending, the relay's marks, and the fan-out to deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. ``payload`` is the webhook body's exact bytes."""

    merchant_id: UUID
    type: str
    subject_id: str
    payload: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event that the relay has just marked as published and must now put on the streams."""

    id: int
    type: str
    subject_id: str
    traceparent: str | None


async def append(conn: Connection, events: Sequence[NewEvent]) -> None:
    """Append ``events`` in order. Raises ``UniqueViolation`` when a transition gets the same event twice."""
    await conn.execute(
        """
        INSERT INTO events (merchant_id, type, subject_id, payload, traceparent)
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::text[])
        """,
        (
            [event.merchant_id for event in events],
            [event.type for event in events],
            [event.subject_id for event in events],
            [event.payload for event in events],
            [event.traceparent for event in events],
        ),
    )


async def mark_published(conn: Connection, limit: int) -> list[PublishedEvent]:
    """Mark up to ``limit`` unpublished events, oldest first, and return them.

    SKIP LOCKED lets several relays work at once. There is no cursor on the id: transactions commit out of
    order, and a cursor would step over the late ones.
    """
    cursor = await conn.execute(
        """
        WITH batch AS (
            SELECT id FROM events WHERE published_at IS NULL
            ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
        )
        UPDATE events e SET published_at = now() FROM batch
        WHERE e.id = batch.id
        RETURNING e.id, e.type, e.subject_id, e.traceparent
        """,
        (limit,),
    )
    return [PublishedEvent(**row) for row in await cursor.fetchall()]


async def unmark_published(conn: Connection, event_ids: Sequence[int]) -> None:
    """Mark events as unpublished after the streams could not be reached."""
    await conn.execute("UPDATE events SET published_at = NULL WHERE id = ANY(%s)", (list(event_ids),))


# One index look-up for each merchant with waiting events, however many they are.
_WAITING: Final = """
    waiting (merchant_id) AS (
        (SELECT merchant_id FROM events WHERE fanned_out_at IS NULL ORDER BY merchant_id, id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.merchant_id FROM events e WHERE e.fanned_out_at IS NULL AND e.merchant_id > w.merchant_id
                ORDER BY e.merchant_id, e.id LIMIT 1)
        FROM waiting w WHERE w.merchant_id IS NOT NULL
    )
"""
# A UUID of version 8 (RFC 9562) made of what the event is: after a restored backup has lost the delivery, the same
# event gets the same id, and receivers recognise it. No transition happens twice, and each test has its own subject.
_DELIVERY_ID: Final = """
    encode(set_byte(set_byte(hash, 6, get_byte(hash, 6) & 15 | 128), 8, get_byte(hash, 8) & 63 | 128), 'hex')::uuid
"""


async def fan_out(conn: Connection, limit: int) -> int:
    """Make deliveries of the oldest waiting events that their merchants want; returns events handled.

    The merchants with waiting events share ``limit`` evenly; each gets one at least.

    Wanted is what the merchant, with a URL, has chosen at this moment, not when the event was committed; a
    ``webhook.test`` is always wanted. The other events are marked as well: nothing will be sent for them.
    """
    cursor = await conn.execute(
        f"""
        WITH RECURSIVE {_WAITING}, share AS MATERIALIZED (
            SELECT greatest(1, %s / greatest(1, count(merchant_id))) AS most FROM waiting
        ), batch AS MATERIALIZED (
            SELECT e.* FROM waiting w CROSS JOIN LATERAL (
                SELECT id, merchant_id, type, subject_id, payload FROM events
                WHERE fanned_out_at IS NULL AND merchant_id = w.merchant_id
                ORDER BY merchant_id, id LIMIT (SELECT most FROM share) FOR UPDATE SKIP LOCKED
            ) e
        ), delivery AS (
            INSERT INTO webhook_logs (id, merchant_id, event, event_id, subject_id, payload)
            SELECT {_DELIVERY_ID}, b.merchant_id, b.type, b.id, b.subject_id, convert_from(b.payload, 'UTF8')::json
            FROM batch b JOIN merchants m ON m.id = b.merchant_id CROSS JOIN LATERAL (
                SELECT substr(sha256(convert_to(b.merchant_id || '/' || b.subject_id || '/' || b.type, 'UTF8')), 1, 16)
            ) h (hash)
            WHERE m.webhook_url IS NOT NULL AND m.is_active
              AND (m.webhook_events IS NULL OR b.type = ANY(m.webhook_events) OR b.type = 'webhook.test')
            ORDER BY b.id
            ON CONFLICT (id) DO NOTHING
        )
        UPDATE events e SET fanned_out_at = now() FROM batch WHERE e.id = batch.id
        """,
        (limit,),
    )
    return cursor.rowcount


async def oldest_unpublished_age_s(conn: Connection) -> float:
    """Seconds since the first event that no relay has published yet; 0 when there is none."""
    cursor = await conn.execute(
        """
        SELECT extract(epoch FROM clock_timestamp() - created_at)::float8 AS age_s
        FROM events WHERE published_at IS NULL ORDER BY id LIMIT 1
        """
    )
    row = await cursor.fetchone()
    return float(row["age_s"]) if row else 0.0
