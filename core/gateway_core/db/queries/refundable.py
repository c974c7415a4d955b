"""Payments as new refunds see them: the refundable amount, and the hold on the amount of a new refund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway_core.db.pool import Connection
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.refund import Refundable


async def lock(conn: Connection, payment_ids: Sequence[str]) -> dict[str, Refundable]:
    """Those of ``payment_ids`` that exist, of any merchant.

    Successful ones are locked until the transaction ends, in the order of their ids: refunds and captures queue
    up behind it. Nothing else is: a batch of refunds that waited for a payment's processor could deadlock with
    it.
    """
    # One by one by primary key (OFFSET 0): a planner with old statistics would read all that are successful.
    cursor = await conn.execute(
        """
        WITH seen AS MATERIALIZED (
            SELECT p.* FROM unnest(%s::text[]) AS asked (id) CROSS JOIN LATERAL (
                SELECT id, merchant_id, currency, status, amount FROM payments WHERE id = asked.id OFFSET 0
            ) p ORDER BY p.id
        )
        SELECT seen.id, seen.merchant_id, seen.currency, seen.status, now() AS locked_at,
               coalesce(seen.amount - locked.amount_refunded, 0) AS available
        FROM seen LEFT JOIN LATERAL (
            SELECT amount_refunded FROM payments WHERE id = seen.id AND seen.status = 'success' FOR NO KEY UPDATE
        ) locked ON true
        """,
        (list(set(payment_ids)),),
    )
    return {
        row["id"]: Refundable(
            merchant_id=row["merchant_id"],
            currency=row["currency"],
            status=PaymentStatus(row["status"]),
            available_minor=row["available"],
            locked_at=row["locked_at"],
        )
        for row in await cursor.fetchall()
    }


async def hold(conn: Connection, amounts_minor: Mapping[str, int]) -> None:
    """Add the amounts to refund to each locked payment, by its id.

    Raises ``CheckViolation`` if one exceeds the refundable amount, or if its payment has not succeeded.
    """
    await conn.execute(
        """
        UPDATE payments p SET amount_refunded = p.amount_refunded + held.amount
        FROM unnest(%s::text[], %s::bigint[]) AS held (id, amount) WHERE p.id = held.id
        """,
        (list(amounts_minor), list(amounts_minor.values())),
    )
