"""Payments as merchants see them: insert, get, list, capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.domain.authentication import AUTHENTICATION_WINDOW_S, Authentication
from gateway_core.domain.ids import PAYMENT_PREFIX, is_id
from gateway_core.domain.ownership import own
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecord:
    """A payment with what only its merchant and the workers may see beside the event's view of it."""

    view: PaymentView
    merchant_id: UUID
    updated_at: datetime
    amount_refunded: int = 0
    requires_review: bool = False
    traceparent: str | None = None
    authentication: Authentication | None = None
    authentication_attempts: int = 0


COLUMNS = """p.id, p.order_id, p.merchant_id, p.amount, p.currency, p.method, p.status, p.captured, p.vpa,
    p.card_network, p.card_last4, p.error_code, p.error_description, p.created_at, p.updated_at, p.amount_refunded,
    p.requires_review, p.traceparent, p.authentication, p.authentication_attempts, o.receipt, o.notes"""

_SELECT: LiteralString = f"SELECT {COLUMNS} FROM payments p JOIN orders o ON o.id = p.order_id"


def record(row: Mapping[str, Any]) -> PaymentRecord:
    """The record of a row with ``COLUMNS``."""
    view = PaymentView(
        id=row["id"],
        order_id=row["order_id"],
        amount_minor=row["amount"],
        currency=row["currency"],
        method=PaymentMethod(row["method"]),
        status=PaymentStatus(row["status"]),
        captured=row["captured"],
        created_at=row["created_at"],
        vpa=row["vpa"],
        card_network=row["card_network"],
        card_last4=row["card_last4"],
        error_code=row["error_code"],
        error_description=row["error_description"],
        receipt=row["receipt"],
        notes=row["notes"],
    )
    return PaymentRecord(
        view=view,
        merchant_id=row["merchant_id"],
        updated_at=row["updated_at"],
        amount_refunded=row["amount_refunded"],
        requires_review=row["requires_review"],
        traceparent=row["traceparent"],
        authentication=None if row["authentication"] is None else Authentication(row["authentication"]),
        authentication_attempts=row["authentication_attempts"],
    )


async def insert(conn: Connection, payments: Sequence[PaymentRecord]) -> None:
    """Insert pending ``payments``, due at once; those that require a code are due when its window ends."""
    views = [payment.view for payment in payments]
    await conn.execute(
        f"""
        INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
                              created_at, updated_at, traceparent, authentication, next_attempt_at)
        SELECT id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
               created_at, created_at, traceparent, authentication,
               CASE authentication WHEN 'required' THEN created_at + interval '{AUTHENTICATION_WINDOW_S} seconds'
                    ELSE now() END
        FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                    %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])
             AS t (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4, created_at,
                   traceparent, authentication)
        """,
        (
            [view.id for view in views],
            [view.order_id for view in views],
            [payment.merchant_id for payment in payments],
            [view.amount_minor for view in views],
            [view.currency for view in views],
            [view.method for view in views],
            [view.vpa for view in views],
            [view.card_network for view in views],
            [view.card_last4 for view in views],
            [view.created_at for view in views],
            [payment.traceparent for payment in payments],
            [payment.authentication for payment in payments],
        ),
    )


async def get_many(conn: Connection, payment_ids: Sequence[str]) -> dict[str, PaymentRecord]:
    """Those of ``payment_ids`` that exist, of any merchant. Malformed ids are allowed."""
    ids = [each for each in payment_ids if is_id(PAYMENT_PREFIX, each)]
    if not ids:
        return {}
    cursor = await conn.execute(f"{_SELECT} WHERE p.id = ANY(%s)", (ids,))
    return {row["id"]: record(row) for row in await cursor.fetchall()}


async def get(conn: Connection, payment_id: str) -> PaymentRecord | None:
    """A payment of any merchant."""
    return (await get_many(conn, [payment_id])).get(payment_id)


async def get_own(conn: Connection, merchant_id: UUID, payment_id: str) -> PaymentRecord:
    """The merchant's own payment. Raises NOT_FOUND_ERROR."""
    return own("Payment", await get(conn, payment_id), merchant_id)


async def lock(conn: Connection, payment_id: str) -> PaymentRecord | None:
    """A payment as it stands now, locked until the transaction ends: captures and refunds queue up behind it."""
    if not is_id(PAYMENT_PREFIX, payment_id):
        return None
    cursor = await conn.execute(f"{_SELECT} WHERE p.id = %s FOR NO KEY UPDATE OF p", (payment_id,))
    row = await cursor.fetchone()
    return None if row is None else record(row)


async def lock_own(conn: Connection, merchant_id: UUID, payment_id: str) -> PaymentRecord:
    """The merchant's own payment, locked. Raises NOT_FOUND_ERROR."""
    return own("Payment", await lock(conn, payment_id), merchant_id)


async def mark_captured(conn: Connection, payment_id: str) -> datetime | None:
    """Capture a successful, uncaptured payment; returns its new ``updated_at``, None when it is not in that state."""
    cursor = await conn.execute(
        """
        UPDATE payments SET captured = true, updated_at = now()
        WHERE id = %s AND status = 'success' AND NOT captured RETURNING updated_at
        """,
        (payment_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else row["updated_at"]


async def hold_for_refund(conn: Connection, payment_id: str, amount_minor: int) -> bool:
    """Count ``amount_minor`` as refunded if the payment succeeded and has that much left; the only guard of
    refunds.
    """
    cursor = await conn.execute(
        """
        UPDATE payments SET amount_refunded = amount_refunded + %(amount)s
        WHERE id = %(id)s AND status = 'success' AND amount_refunded + %(amount)s <= amount
        """,
        {"id": payment_id, "amount": amount_minor},
    )
    return cursor.rowcount == 1
