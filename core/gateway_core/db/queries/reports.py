"""Totals of a period, the queues' workers, and counts that need a merchant's attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.db.queries.heartbeats import ALIVE_WITHIN_S

MAX_WORKERS: Final = 100


@dataclass(frozen=True, slots=True)
class PaymentGroup:
    """Payments of one bucket, status and currency. ``amount`` is theirs together."""

    start: datetime
    status: str
    currency: str
    payments: int
    amount: int


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """The last heartbeat of a worker on a queue."""

    queue: str
    worker_id: str
    in_flight: int
    age_s: float
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Attention:
    """What a merchant should look at."""

    failed_deliveries: int
    retrying_deliveries: int
    requires_review: int


async def payment_groups(
    conn: Connection, merchant_id: UUID, starts: Sequence[datetime], until: datetime
) -> Sequence[PaymentGroup]:
    """The merchant's payments, grouped within buckets that follow one another from ``starts[0]`` to ``until``."""
    # One range of the index per bucket: a date_trunc for every row would take three times as long.
    cursor = await conn.execute(
        """
        SELECT bucket.start, sums.status, sums.currency, sums.payments, sums.amount
        FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS bucket (start, ends),
             LATERAL (
                 SELECT status, currency, count(*) AS payments, sum(amount)::bigint AS amount
                 FROM payments
                 WHERE merchant_id = %(merchant)s AND created_at >= bucket.start AND created_at < bucket.ends
                 GROUP BY 1, 2
             ) sums
        """,
        {"merchant": merchant_id, "starts": list(starts), "ends": [*starts[1:], until]},
    )
    return [PaymentGroup(**row) for row in await cursor.fetchall()]


async def refunded(
    conn: Connection, merchant_id: UUID, since: datetime, until: datetime
) -> Sequence[tuple[str, int]]:
    """(currency, amount) of the merchant's refunds processed from ``since`` to before ``until``."""
    cursor = await conn.execute(
        """
        SELECT p.currency, sum(r.amount)::bigint AS amount
        FROM refunds r JOIN payments p ON p.id = r.payment_id
        WHERE r.merchant_id = %s AND r.processed_at >= %s AND r.processed_at < %s GROUP BY 1 ORDER BY 1
        """,
        (merchant_id, since, until),
    )
    return [(row["currency"], row["amount"]) for row in await cursor.fetchall()]


async def worker_beats(conn: Connection) -> Sequence[WorkerBeat]:
    """The ``MAX_WORKERS`` workers with the latest heartbeats, on every queue they serve."""
    cursor = await conn.execute(
        """
        SELECT queue, worker_id, in_flight,
               greatest(extract(epoch FROM now() - beat_at), 0)::float8 AS age_s,
               beat_at > now() - make_interval(secs => %s) AS is_alive
        FROM worker_heartbeats ORDER BY beat_at DESC, worker_id LIMIT %s
        """,
        (ALIVE_WITHIN_S, MAX_WORKERS),
    )
    return [WorkerBeat(**row) for row in await cursor.fetchall()]


async def attention(conn: Connection, merchant_id: UUID) -> Attention:
    """The merchant's deliveries that failed for good, and its payments and refunds in review."""
    cursor = await conn.execute(
        """
        SELECT (SELECT count(*) FROM webhook_logs WHERE merchant_id = %(merchant)s AND status = 'failed')
                   AS failed_deliveries,
               (SELECT count(*) FROM webhook_logs
                WHERE merchant_id = %(merchant)s AND status = 'pending' AND attempts > 0) AS retrying_deliveries,
               (SELECT count(*) FROM payments WHERE merchant_id = %(merchant)s AND requires_review)
             + (SELECT count(*) FROM refunds WHERE merchant_id = %(merchant)s AND requires_review)
                   AS requires_review
        """,
        {"merchant": merchant_id},
    )
    row = await cursor.fetchone()
    assert row is not None  # it has no FROM
    return Attention(**row)
