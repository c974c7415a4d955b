"""Deliveries as the dispatcher works on them: claim due ones, record attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway_core.db.engine import Connection


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A leased delivery. ``attempts`` were made before this one; the secret is still encrypted."""

    id: UUID
    merchant_id: UUID
    event: str
    event_id: int
    attempts: int
    lease_generation: int
    payload: bytes
    traceparent: str | None
    webhook_url: str | None
    webhook_secret_encrypted: bytes | None


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """What one attempt came to. ``retry_in_s`` is None once the delivery is final (``status``)."""

    delivery_id: UUID
    lease_generation: int
    url: str
    started_at: datetime
    duration_ms: int
    response_code: int | None
    response_body: str | None
    error: str | None
    status: str
    retry_in_s: int | None


async def claim_due(
    conn: Connection, *, limit: int, per_merchant: int, lease_s: float, busy_merchants: Sequence[UUID]
) -> list[ClaimedDelivery]:
    """Lease up to ``limit`` due deliveries, longest due first, at most ``per_merchant`` of each merchant.

    ``busy_merchants`` get none, so that receivers which hang cannot take every slot.
    """
    cursor = await conn.execute(
        """
        WITH candidate AS (
            SELECT id, merchant_id, next_retry_at FROM webhook_logs
            WHERE status = 'pending' AND next_retry_at <= now() AND (leased_until IS NULL OR leased_until <= now())
              AND merchant_id <> ALL(%(busy)s)
            ORDER BY next_retry_at LIMIT 4 * %(limit)s
        ), ranked AS (
            SELECT id, next_retry_at, row_number() OVER (PARTITION BY merchant_id ORDER BY next_retry_at) AS place
            FROM candidate
        ), batch AS (
            SELECT l.id FROM webhook_logs l JOIN ranked r USING (id)
            WHERE r.place <= %(per_merchant)s AND l.status = 'pending' AND l.next_retry_at <= now()
              AND (l.leased_until IS NULL OR l.leased_until <= now())
            ORDER BY r.next_retry_at LIMIT %(limit)s FOR UPDATE OF l SKIP LOCKED
        )
        UPDATE webhook_logs l
        SET leased_until = now() + make_interval(secs => %(lease_s)s), lease_generation = l.lease_generation + 1
        FROM batch, events e, merchants m
        WHERE l.id = batch.id AND e.id = l.event_id AND m.id = l.merchant_id
        RETURNING l.id, l.merchant_id, l.event, l.event_id, l.attempts, l.lease_generation,
                  e.payload, e.traceparent, m.webhook_url, m.webhook_secret_encrypted
        """,
        {"limit": limit, "per_merchant": per_merchant, "lease_s": lease_s, "busy": list(busy_merchants)},
    )
    return [ClaimedDelivery(**row) for row in await cursor.fetchall()]


async def record_attempts(conn: Connection, records: Sequence[AttemptRecord]) -> int:
    """Record attempts and move their deliveries on; returns how many still held their lease.

    A record whose lease was taken over is dropped: the newer holder's attempt is the one that counts.
    """
    cursor = await conn.execute(
        """
        WITH record AS (
            SELECT * FROM unnest(
                %s::uuid[], %s::int[], %s::text[], %s::timestamptz[], %s::int[], %s::int[], %s::text[], %s::text[],
                %s::text[], %s::int[]
            ) AS t (id, generation, url, started_at, duration_ms, response_code, response_body, error, status,
                    retry_in_s)
        ), moved AS (
            UPDATE webhook_logs l
            SET attempts = l.attempts + 1, status = r.status, last_attempt_at = r.started_at,
                next_retry_at = CASE WHEN r.status = 'pending' THEN now() + make_interval(secs => r.retry_in_s) END,
                response_code = r.response_code, response_body = r.response_body, last_error = r.error,
                leased_until = NULL
            FROM record r
            WHERE l.id = r.id AND l.lease_generation = r.generation AND l.status = 'pending'
            RETURNING l.id, l.attempts
        )
        INSERT INTO webhook_attempts
            (delivery_id, lease_generation, attempt, url, started_at, duration_ms, response_code, response_body, error)
        SELECT r.id, r.generation, m.attempts, r.url, r.started_at, r.duration_ms, r.response_code,
               r.response_body, r.error
        FROM record r JOIN moved m USING (id)
        """,
        tuple([getattr(record, field) for record in records] for field in _RECORD_FIELDS),
    )
    return cursor.rowcount


_RECORD_FIELDS = (
    "delivery_id",
    "lease_generation",
    "url",
    "started_at",
    "duration_ms",
    "response_code",
    "response_body",
    "error",
    "status",
    "retry_in_s",
)


async def release(conn: Connection, claimed: Sequence[ClaimedDelivery]) -> None:
    """Give leases back without counting an attempt: the fault was ours (shutdown, no socket)."""
    await conn.execute(
        """
        UPDATE webhook_logs l SET leased_until = NULL
        FROM unnest(%s::uuid[], %s::int[]) AS t (id, generation)
        WHERE l.id = t.id AND l.lease_generation = t.generation
        """,
        ([delivery.id for delivery in claimed], [delivery.lease_generation for delivery in claimed]),
    )


async def next_due_in_s(conn: Connection) -> float | None:
    """Seconds until a delivery is due or an event waits for its fan-out (0 = now); None when nothing waits."""
    cursor = await conn.execute(
        """
        SELECT CASE
            WHEN EXISTS (SELECT FROM events WHERE fanned_out_at IS NULL) THEN 0
            ELSE extract(epoch FROM min(greatest(next_retry_at, leased_until)) - clock_timestamp())
        END::float8 AS due_in_s
        FROM (
            SELECT next_retry_at, leased_until FROM webhook_logs WHERE status = 'pending'
            ORDER BY next_retry_at LIMIT 100
        ) soonest
        """
    )
    row = await cursor.fetchone()
    return None if row is None or row["due_in_s"] is None else max(0.0, float(row["due_in_s"]))
