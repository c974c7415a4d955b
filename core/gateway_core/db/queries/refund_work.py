"""Refunds as their processor works on them: claim due ones, record what the acquirer said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_core.db.pool import Connection
from gateway_core.db.queries.leases import Lease, Settlement, settlement_columns
from gateway_core.db.queries.refunds import COLUMNS, RefundRecord, record


@dataclass(frozen=True, slots=True)
class ClaimedRefund:
    """A leased refund with the instrument of its payment, which the acquirer pays back to.

    ``lease_expired``: whoever held it before never recorded what came of it.
    """

    refund: RefundRecord
    lease: Lease
    look_ups: int
    lease_expired: bool
    method: str
    vpa: str | None
    card_network: str | None
    card_last4: str | None


async def claim_due(conn: Connection, *, limit: int, lease_s: float) -> list[ClaimedRefund]:
    """Lease up to ``limit`` due refunds, longest due first, and move the pending ones to processing."""
    cursor = await conn.execute(
        f"""
        WITH due AS (
            SELECT id FROM refunds WHERE next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE refunds r
        SET status = 'processing', lease_generation = r.lease_generation + 1, leased = true,
            next_attempt_at = now() + make_interval(secs => %(lease_s)s),
            updated_at = CASE r.status WHEN 'pending' THEN now() ELSE r.updated_at END
        FROM due JOIN refunds d ON d.id = due.id JOIN payments p ON p.id = d.payment_id
        WHERE r.id = due.id
        RETURNING r.lease_generation, r.look_ups, d.leased AS lease_expired, p.method, p.vpa, p.card_network,
                  p.card_last4, {COLUMNS}
        """,
        {"limit": limit, "lease_s": lease_s},
    )
    return [
        ClaimedRefund(
            refund=record(row),
            lease=Lease(row["id"], row["lease_generation"]),
            look_ups=row["look_ups"],
            lease_expired=row["lease_expired"],
            method=row["method"],
            vpa=row["vpa"],
            card_network=row["card_network"],
            card_last4=row["card_last4"],
        )
        for row in await cursor.fetchall()
    ]


async def settle(conn: Connection, settlements: Sequence[Settlement]) -> int:
    """Record final statuses; a failed refund gives its amount back to its payment. Returns leases still held.

    The payments are locked in the order of their ids: transactions that give back to the same ones must not deadlock.
    """
    cursor = await conn.execute(
        """
        WITH outcome AS (
            SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[])
                AS t (id, generation, status, error_code, error_description)
        ), settled AS (
            UPDATE refunds r
            SET status = t.status, error_code = t.error_code, error_description = t.error_description,
                next_attempt_at = NULL, leased = false, requires_review = false, updated_at = now(),
                processed_at = CASE t.status WHEN 'processed' THEN now() END
            FROM outcome t
            WHERE r.id = t.id AND r.lease_generation = t.generation AND r.status = 'processing'
            RETURNING r.payment_id, r.amount, r.status
        ), refundable_again AS (
            SELECT p.id, b.amount FROM payments p
            JOIN (SELECT payment_id, sum(amount) AS amount FROM settled WHERE status = 'failed' GROUP BY 1) b
                ON b.payment_id = p.id
            ORDER BY p.id FOR NO KEY UPDATE OF p
        ), given_back AS (
            UPDATE payments p SET amount_refunded = p.amount_refunded - b.amount
            FROM refundable_again b WHERE p.id = b.id
        )
        SELECT count(*) AS settled FROM settled
        """,
        settlement_columns(settlements),
    )
    row = await cursor.fetchone()
    return row["settled"] if row else 0
