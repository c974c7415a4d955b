"""Deliveries as the dispatcher works on them: claim due ones, record attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway_core.db.pool import Connection

NO_URL: Final = "no_url"
"""``last_error`` of a delivery that was cancelled because its merchant has no URL any more."""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A leased delivery. ``attempts`` were made before this one; the secrets are still encrypted.

    ``webhook_url`` is None when the merchant has none any more or is inactive: nothing may be sent then.
    ``due_lag_s`` is how long it had been due when it was claimed, by the database's clock. ``lease_expired``: the
    previous worker never recorded an outcome. ``subject_id`` is what the event is about. The previous secret is
    None once it no longer signs.
    """

    id: UUID
    merchant_id: UUID
    event: str
    event_id: int
    subject_id: str
    attempts: int
    lease_generation: int
    payload: bytes
    traceparent: str | None
    event_created_at: datetime
    due_lag_s: float
    lease_expired: bool
    webhook_url: str | None
    webhook_secret_encrypted: bytes | None
    webhook_secret_previous_encrypted: bytes | None


@dataclass(frozen=True, slots=True)
class MerchantCapacity:
    """A merchant has ``in_flight`` deliveries and may have ``free`` more; its receiver may be ``unresponsive``."""

    merchant_id: UUID
    in_flight: int
    free: int
    unresponsive: bool


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many deliveries may be claimed.

    ``free`` in all, ``free_per_merchant`` for each merchant not among ``known``, ``free_unresponsive`` for all
    unresponsive merchants together.
    """

    free: int
    free_per_merchant: int
    free_unresponsive: int
    known: Sequence[MerchantCapacity] = ()

    @property
    def exhausted(self) -> list[UUID]:
        """The merchants without capacity."""
        return [
            each.merchant_id
            for each in self.known
            if not each.free or (each.unresponsive and not self.free_unresponsive)
        ]


# One index look-up for each merchant with pending deliveries: the deliveries of a merchant without capacity, often very
# many, are never read. They are sought by their place in idx_webhook_logs_status, where pending ones come last: for
# `status = 'pending'`, a planner with statistics of a quiet hour reads every delivery that is due by its time.
_WAITING: Final = """
    waiting (merchant_id) AS (
        (SELECT merchant_id FROM webhook_logs WHERE status >= 'pending' AND status <> 'success'
         ORDER BY status, merchant_id, next_retry_at LIMIT 1)
        UNION ALL
        SELECT (SELECT l.merchant_id FROM webhook_logs l
                WHERE (l.status, l.merchant_id) > ('pending', w.merchant_id) AND l.status <> 'success'
                ORDER BY l.status, l.merchant_id, l.next_retry_at LIMIT 1)
        FROM waiting w WHERE w.merchant_id IS NOT NULL
    )
"""
# ``version``: what was changed since it was read here (by another's claim or record) is not the same row any more.
_NEXT: Final = """
    SELECT id, next_retry_at, xmin AS version FROM webhook_logs l
    WHERE (l.status, l.merchant_id) >= ('pending', w.merchant_id) AND l.status <> 'success'
      AND (l.status, l.merchant_id, l.next_retry_at) <= ('pending', w.merchant_id, {until})
      AND (l.leased_until IS NULL OR l.leased_until <= now())
    ORDER BY l.status, l.merchant_id, l.next_retry_at LIMIT {limit}
"""


async def claim_due(
    conn: Connection, *, limit: int, lease_s: float, capacity: Capacity
) -> list[ClaimedDelivery]:
    """Lease up to ``limit`` due deliveries within ``capacity``.

    Merchants take turns, those with the fewest in flight first; each one's longest due come first.
    """
    cursor = await conn.execute(
        f"""
        WITH RECURSIVE {_WAITING}, capacity AS (
            SELECT * FROM unnest(%(merchants)s::uuid[], %(in_flight)s::int[], %(free)s::int[], %(unresponsive)s::bool[])
                AS t (merchant_id, in_flight, free, unresponsive)
        ), candidate AS (
            SELECT due.*, coalesce(c.unresponsive, false) AS unresponsive, coalesce(c.in_flight, 0)
                + row_number() OVER (PARTITION BY w.merchant_id ORDER BY due.next_retry_at) AS turn
            FROM waiting w LEFT JOIN capacity c USING (merchant_id) CROSS JOIN LATERAL (
                {_NEXT.format(until="now()", limit="coalesce(c.free, %(free_per_merchant)s)")}
            ) due
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY unresponsive ORDER BY turn, next_retry_at) AS place FROM candidate
        ), batch AS (
            SELECT locked.* FROM (
                SELECT id, version FROM ranked WHERE NOT unresponsive OR place <= %(free_unresponsive)s
                ORDER BY turn, unresponsive, next_retry_at LIMIT %(limit)s
            ) chosen CROSS JOIN LATERAL (
                SELECT id, greatest(next_retry_at, leased_until) AS due_at, leased_until IS NOT NULL AS lease_expired
                FROM webhook_logs WHERE id = chosen.id AND xmin = chosen.version FOR UPDATE SKIP LOCKED
            ) locked
        )
        UPDATE webhook_logs l
        SET leased_until = now() + make_interval(secs => %(lease_s)s), lease_generation = l.lease_generation + 1
        FROM batch, events e, merchants m
        WHERE l.id = batch.id AND e.id = l.event_id AND m.id = l.merchant_id
        RETURNING l.id, l.merchant_id, l.event, l.event_id, e.subject_id, l.attempts, l.lease_generation,
                  e.payload, e.traceparent, e.created_at AS event_created_at,
                  extract(epoch FROM now() - batch.due_at)::float8 AS due_lag_s, batch.lease_expired,
                  CASE WHEN m.is_active THEN m.webhook_url END AS webhook_url, m.webhook_secret_encrypted,
                  CASE WHEN m.webhook_secret_previous_until > now() THEN m.webhook_secret_previous_encrypted END
                      AS webhook_secret_previous_encrypted
        """,
        {
            "limit": min(limit, capacity.free),
            "lease_s": lease_s,
            "free_per_merchant": capacity.free_per_merchant,
            "free_unresponsive": capacity.free_unresponsive,
            "merchants": [each.merchant_id for each in capacity.known],
            "in_flight": [each.in_flight for each in capacity.known],
            "free": [each.free for each in capacity.known],
            "unresponsive": [each.unresponsive for each in capacity.known],
        },
    )
    return [ClaimedDelivery(**row) for row in await cursor.fetchall()]


async def cancel(conn: Connection, claimed: Sequence[ClaimedDelivery]) -> None:
    """Cancel deliveries whose merchant has no URL any more: ``failed`` with ``NO_URL``, no attempt counted."""
    await conn.execute(
        """
        UPDATE webhook_logs l
        SET status = 'failed', next_retry_at = NULL, leased_until = NULL, last_error = %s
        FROM unnest(%s::uuid[], %s::int[]) AS t (id, generation)
        WHERE l.id = t.id AND l.lease_generation = t.generation AND l.status = 'pending'
        """,
        (NO_URL, *_leases(claimed)),
    )


async def release(conn: Connection, claimed: Sequence[ClaimedDelivery]) -> None:
    """Release leases without counting an attempt: the fault was the gateway's (shutdown, no socket)."""
    await conn.execute(
        """
        UPDATE webhook_logs l SET leased_until = NULL
        FROM unnest(%s::uuid[], %s::int[]) AS t (id, generation)
        WHERE l.id = t.id AND l.lease_generation = t.generation
        """,
        _leases(claimed),
    )


def _leases(claimed: Sequence[ClaimedDelivery]) -> tuple[list[UUID], list[int]]:
    return [delivery.id for delivery in claimed], [delivery.lease_generation for delivery in claimed]


async def next_due_in_s(conn: Connection, capacity: Capacity) -> float | None:
    """Seconds until a delivery is due or an event waits for its fan-out (0 = now); None when nothing waits.

    Leased deliveries and those beyond ``capacity`` do not count: neither could be claimed when due.
    """
    cursor = await conn.execute(
        f"""
        WITH RECURSIVE {_WAITING}
        SELECT CASE
            WHEN EXISTS (SELECT FROM events WHERE fanned_out_at IS NULL) THEN 0
            ELSE extract(epoch FROM (
                SELECT min(next.next_retry_at) FROM waiting w CROSS JOIN LATERAL (
                    {_NEXT.format(until="'infinity'", limit="1")}
                ) next
                WHERE w.merchant_id <> ALL(%s)
            ) - clock_timestamp())
        END::float8 AS due_in_s
        """,
        (capacity.exhausted,),
    )
    row = await cursor.fetchone()
    return None if row is None or row["due_in_s"] is None else max(0.0, float(row["due_in_s"]))
