"""Payments as their processor works on them: claim due ones, record what the acquirer said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_core.db.pool import Connection
from gateway_core.db.queries.leases import Lease, Settlement, settlement_columns
from gateway_core.db.queries.payments import COLUMNS, PaymentRecord, record

SLOT_WAIT_S = 1.0
MAX_SLOT_WAIT_S = 30.0
"""A payment steps back while another one of its order is with the acquirer: for as long as it has waited, so within
these bounds. The settlement makes it due at once; only one that came while it was running finds out by itself."""


@dataclass(frozen=True, slots=True)
class ClaimedPayment:
    """A leased payment. ``order_paid``: another payment has paid its order, so this one must fail unsubmitted.

    ``lease_expired``: whoever held it before never recorded what came of it.
    """

    payment: PaymentRecord
    lease: Lease
    look_ups: int
    order_paid: bool
    lease_expired: bool


async def claim_due(conn: Connection, *, limit: int, lease_s: float) -> list[ClaimedPayment]:
    """Lease up to ``limit`` due payments, longest due first, and move the pending ones to processing.

    A pending payment needs its order's slot (``orders.active_payment_id``), so at most one payment of an order is
    ever with the acquirer; the others step back, ever longer. An order that another transaction holds is
    left for the next round. The lease is ``next_attempt_at`` pushed ahead: a crash lets it run out.
    """
    cursor = await conn.execute(
        f"""
        WITH due AS (
            SELECT id, order_id, status, created_at, leased FROM payments WHERE next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
        ), held AS (
            SELECT id, status, active_payment_id, receipt, notes FROM orders WHERE id IN (SELECT order_id FROM due)
            FOR NO KEY UPDATE SKIP LOCKED
        ), verdict AS (
            SELECT d.id, d.order_id, d.leased, h.status = 'paid' AS order_paid, h.receipt, h.notes,
                CASE
                    WHEN d.status = 'processing' OR h.status = 'paid' THEN 'go'
                    WHEN h.active_payment_id IS NOT NULL THEN 'wait'
                    WHEN row_number() OVER (PARTITION BY d.order_id ORDER BY d.created_at, d.id) = 1 THEN 'take'
                    ELSE 'wait'
                END AS verdict
            FROM due d JOIN held h ON h.id = d.order_id
        ), slot AS (
            UPDATE orders o SET active_payment_id = v.id, status = 'attempted', updated_at = now()
            FROM verdict v WHERE o.id = v.order_id AND v.verdict = 'take'
        ), stepped_back AS (
            UPDATE payments p SET next_attempt_at = now() + least(
                greatest(now() - p.updated_at, interval '{SLOT_WAIT_S} s'), interval '{MAX_SLOT_WAIT_S} s')
            FROM verdict v WHERE p.id = v.id AND v.verdict = 'wait'
        )
        UPDATE payments p
        SET status = 'processing', lease_generation = p.lease_generation + 1, leased = true,
            next_attempt_at = now() + make_interval(secs => %(lease_s)s),
            updated_at = CASE p.status WHEN 'pending' THEN now() ELSE p.updated_at END
        FROM verdict o
        WHERE p.id = o.id AND o.verdict <> 'wait'
        RETURNING p.lease_generation, p.look_ups, o.order_paid, o.leased AS lease_expired, {COLUMNS}
        """,
        {"limit": limit, "lease_s": lease_s},
    )
    return [
        ClaimedPayment(
            payment=record(row),
            lease=Lease(row["id"], row["lease_generation"]),
            look_ups=row["look_ups"],
            order_paid=row["order_paid"],
            lease_expired=row["lease_expired"],
        )
        for row in await cursor.fetchall()
    ]


async def settle(conn: Connection, settlements: Sequence[Settlement]) -> int:
    """Record final statuses and free or fill their orders' slots; returns how many leases still held.

    Siblings that wait for a slot become due at once: one of them goes next, or all learn that the order is paid. One
    that still asks its payer for a code is let be, unless the order is paid.
    Only who held the slot touches them: two transactions that fail siblings of one order would deadlock over the rest.
    """
    cursor = await conn.execute(
        """
        WITH outcome AS (
            SELECT * FROM unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[])
                AS t (id, generation, status, error_code, error_description)
        ), settled AS (
            UPDATE payments p
            SET status = t.status, error_code = t.error_code, error_description = t.error_description,
                next_attempt_at = NULL, leased = false, requires_review = false, updated_at = now()
            FROM outcome t
            WHERE p.id = t.id AND p.lease_generation = t.generation AND p.status = 'processing'
            RETURNING p.id, p.order_id, p.status
        ), slot AS (
            UPDATE orders o
            SET active_payment_id = CASE s.status WHEN 'success' THEN s.id END,
                status = CASE s.status WHEN 'success' THEN 'paid' ELSE o.status END, updated_at = now()
            FROM settled s WHERE o.id = s.order_id AND o.active_payment_id = s.id
            RETURNING o.id, o.status
        ), sibling AS (
            UPDATE payments p SET next_attempt_at = now()
            FROM slot WHERE p.order_id = slot.id AND p.status = 'pending'
                AND (slot.status = 'paid' OR p.authentication IS DISTINCT FROM 'required')
        )
        SELECT count(*) AS settled FROM settled
        """,
        settlement_columns(settlements),
    )
    row = await cursor.fetchone()
    return row["settled"] if row else 0
