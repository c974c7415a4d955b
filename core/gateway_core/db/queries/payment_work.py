"""Payments as their processor works on them: claim due ones, record what the acquirer said."""

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
from gateway_core.db.queries.payments import COLUMNS, record
from gateway_core.domain.acquiring import ChargeKind
from gateway_core.domain.payment import Refusal

SLOT_WAIT_S = 1.0
MAX_SLOT_WAIT_S = 30.0
"""How long a payment waits while another one of its order is with the acquirer: as long as it has waited so
far, within these bounds. The settlement of the other one makes it due at once.
"""


async def claim_due(conn: Connection, *, limit: int, lease_s: float) -> list[Claimed]:
    """Lease up to ``limit`` due payments, longest due first, and move the pending ones to processing.

    A pending payment needs its order's slot (``orders.active_payment_id``), so at most one payment of an order is
    ever with the acquirer; the others step back, ever longer. An order that another transaction holds is
    left for the next round. The lease is ``next_attempt_at`` pushed ahead: a crash lets it run out. A payment that
    may not be charged (``Refusal``) is leased too, to be settled without the acquirer; all others count as submitted.
    """
    # A worker of the version before submits without writing it down: what is processing counts as submitted.
    cursor = await conn.execute(
        f"""
        WITH due AS (
            SELECT id, order_id, status, created_at, leased, authentication,
                   submitted_at IS NOT NULL OR status = 'processing' AS was_submitted
            FROM payments WHERE next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        ), decided AS (
            SELECT d.id, d.order_id, d.leased, d.was_submitted, o.receipt, o.notes,
                CASE WHEN o.status = 'paid' THEN %(order_paid)s
                     WHEN d.authentication = 'required' THEN %(not_authenticated)s END AS refusal,
                CASE
                    WHEN d.status = 'processing' OR o.status = 'paid' THEN 'go'
                    WHEN o.active_payment_id IS NOT NULL THEN 'wait'
                    WHEN row_number() OVER (PARTITION BY d.order_id ORDER BY d.created_at, d.id) = 1 THEN 'take'
                    ELSE 'wait'
                END AS step
            FROM due d CROSS JOIN LATERAL (
                SELECT status, active_payment_id, receipt, notes FROM orders
                WHERE id = d.order_id FOR NO KEY UPDATE SKIP LOCKED
            ) o
        ), slot AS (
            UPDATE orders o SET active_payment_id = d.id, status = 'attempted', updated_at = now()
            FROM decided d WHERE o.id = d.order_id AND d.step = 'take'
        ), stepped_back AS (
            UPDATE payments p SET next_attempt_at = now() + least(
                greatest(now() - p.updated_at, interval '{SLOT_WAIT_S} s'), interval '{MAX_SLOT_WAIT_S} s')
            FROM decided d WHERE p.id = d.id AND d.step = 'wait'
        )
        UPDATE payments p
        SET status = 'processing', lease_generation = p.lease_generation + 1, leased = true,
            next_attempt_at = now() + make_interval(secs => %(lease_s)s),
            submitted_at = CASE WHEN o.refusal IS NULL THEN coalesce(p.submitted_at, now()) END,
            updated_at = CASE p.status WHEN 'pending' THEN now() ELSE p.updated_at END
        FROM decided o
        WHERE p.id = o.id AND o.step IN ('go', 'take')
        RETURNING p.lease_generation, p.look_ups, o.was_submitted, o.leased AS lease_expired, o.refusal, {COLUMNS}
        """,
        {
            "limit": limit,
            "lease_s": lease_s,
            "order_paid": Refusal.ORDER_PAID,
            "not_authenticated": Refusal.NOT_AUTHENTICATED,
        },
    )
    return [claimed(row, ChargeKind.PAYMENT, record) for row in await cursor.fetchall()]


async def settle(conn: Connection, settlements: Sequence[Settlement]) -> None:
    """Record the final statuses of leases that still hold, and free or fill their orders' slots.

    The order's other payments become due at once: one of them takes the slot, or all fail because the order is
    paid. One whose payer still has to enter a code stays as it is, unless the order is paid. Only the holder of
    the slot updates them: two transactions that fail payments of one order would deadlock over the others.
    """
    await conn.execute(
        f"""
        WITH asked AS (
            SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[])
                AS t (id, generation, status, error_code, error_description)
        ), held AS ({held_rows(LeasedTable.PAYMENTS)}), settled AS (
            UPDATE payments p
            SET status = held.status, error_code = held.error_code, error_description = held.error_description,
                next_attempt_at = NULL, leased = false, requires_review = false, updated_at = now()
            FROM held WHERE p.id = held.id
            RETURNING p.id, p.order_id, p.status
        ), slot AS (
            UPDATE orders o
            SET active_payment_id = CASE s.status WHEN 'success' THEN s.id END,
                status = CASE s.status WHEN 'success' THEN 'paid' ELSE o.status END, updated_at = now()
            FROM settled s WHERE o.id = s.order_id AND o.active_payment_id = s.id
            RETURNING o.id, o.status
        ), waiting AS (
            SELECT p.id FROM slot CROSS JOIN LATERAL (
                SELECT id, status, authentication FROM payments WHERE order_id = slot.id OFFSET 0
            ) p
            WHERE p.status = 'pending' AND (slot.status = 'paid' OR p.authentication IS DISTINCT FROM 'required')
        )
        UPDATE payments p SET next_attempt_at = now() FROM waiting WHERE p.id = waiting.id AND p.status = 'pending'
        """,
        settlement_columns(settlements),
    )
