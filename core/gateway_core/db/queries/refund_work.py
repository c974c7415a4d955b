"""Refunds as their processor works on them: claim due ones, record what the acquirer said."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_core.db.pool import Connection
from gateway_core.db.queries.leases import (
    Claimed,
    LeasedTable,
    Settlement,
    claimed,
    held_rows,
    settlement_columns,
)
from gateway_core.db.queries.refunds import COLUMNS, record
from gateway_core.domain.acquiring import ChargeKind


async def claim_due(conn: Connection, *, limit: int, lease_s: float) -> list[Claimed]:
    """Lease up to ``limit`` due refunds, longest due first, and move the pending ones to processing.

    Each has the instrument of its payment, to which the acquirer refunds, and counts as submitted from now on.
    """
    # The last condition always holds: it lets the planner expect few rows, which it then finds by primary key.
    # A worker of the version before submits without writing it down: what is processing counts as submitted.
    cursor = await conn.execute(
        f"""
        WITH due AS (
            SELECT id, payment_id, leased, submitted_at IS NOT NULL OR status = 'processing' AS was_submitted
            FROM refunds WHERE next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        ), paid AS (
            SELECT due.id, due.leased, due.was_submitted, p.* FROM due CROSS JOIN LATERAL (
                SELECT currency, method, vpa, card_network, card_last4 FROM payments
                WHERE id = due.payment_id OFFSET 0
            ) p
        )
        UPDATE refunds r
        SET status = 'processing', lease_generation = r.lease_generation + 1, leased = true,
            next_attempt_at = now() + make_interval(secs => %(lease_s)s),
            submitted_at = coalesce(r.submitted_at, now()),
            updated_at = CASE r.status WHEN 'pending' THEN now() ELSE r.updated_at END
        FROM paid p WHERE r.id = p.id AND CASE WHEN p.leased THEN 'again' ELSE 'first' END IN ('again', 'first')
        RETURNING r.lease_generation, r.look_ups, p.was_submitted, p.leased AS lease_expired, NULL AS refusal,
                  p.method, p.vpa, p.card_network, p.card_last4, {COLUMNS}
        """,
        {"limit": limit, "lease_s": lease_s},
    )
    return [claimed(row, ChargeKind.REFUND, record) for row in await cursor.fetchall()]


async def settle(conn: Connection, settlements: Sequence[Settlement]) -> None:
    """Record the final statuses of leases that still hold; a failed refund releases its amount to its payment.

    The payments are locked in the order of their ids: transactions that release to the same ones must not deadlock.
    """
    await conn.execute(
        f"""
        WITH asked AS (
            SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[])
                AS t (id, generation, status, error_code, error_description)
        ), held AS ({held_rows(LeasedTable.REFUNDS)}), settled AS (
            UPDATE refunds r
            SET status = held.status, error_code = held.error_code, error_description = held.error_description,
                next_attempt_at = NULL, leased = false, requires_review = false, updated_at = now(),
                processed_at = CASE held.status WHEN 'processed' THEN now() END
            FROM held WHERE r.id = held.id
            RETURNING r.payment_id, r.amount, r.status
        ), released AS (
            SELECT failed.payment_id, failed.amount FROM (
                SELECT payment_id, sum(amount) AS amount FROM settled WHERE status = 'failed' GROUP BY 1 ORDER BY 1
            ) failed CROSS JOIN LATERAL (
                SELECT FROM payments WHERE id = failed.payment_id FOR NO KEY UPDATE
            ) locked
        )
        UPDATE payments p SET amount_refunded = p.amount_refunded - released.amount
        FROM released WHERE p.id = released.payment_id
        """,
        settlement_columns(settlements),
    )
