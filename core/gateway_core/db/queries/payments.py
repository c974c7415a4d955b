"""Payments as merchants see them: insert, get, list, capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway_core.db.engine import Connection
from gateway_core.db.models import Order, Payment
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments to list. ``before`` is the (created_at, id) of the last row of the page before."""

    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    order_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    before: tuple[datetime, str] | None = None


COLUMNS = """p.id, p.order_id, p.merchant_id, p.amount, p.currency, p.method, p.status, p.captured, p.vpa,
    p.card_network, p.card_last4, p.error_code, p.error_description, p.created_at, p.updated_at, p.amount_refunded,
    p.requires_review, p.traceparent, o.receipt, o.notes"""


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
    )


async def insert(conn: Connection, payments: Sequence[PaymentRecord]) -> None:
    """Insert pending ``payments``, due at once."""
    views = [payment.view for payment in payments]
    await conn.execute(
        """
        INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
                              created_at, updated_at, traceparent)
        SELECT id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
               created_at, created_at, traceparent
        FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                    %s::text[], %s::text[], %s::timestamptz[], %s::text[])
             AS t (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4, created_at,
                   traceparent)
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
        ),
    )


async def get(conn: Connection, payment_id: str) -> PaymentRecord | None:
    """A payment, whoever's it is: the caller compares ``merchant_id``."""
    cursor = await conn.execute(
        f"SELECT {COLUMNS} FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = %s", (payment_id,)
    )
    row = await cursor.fetchone()
    return None if row is None else record(row)


async def lock(conn: Connection, payment_id: str) -> PaymentRecord | None:
    """A payment as it stands now, locked until the transaction ends: captures and refunds queue up behind it."""
    cursor = await conn.execute(
        f"""
        SELECT {COLUMNS} FROM payments p JOIN orders o ON o.id = p.order_id
        WHERE p.id = %s FOR NO KEY UPDATE OF p
        """,
        (payment_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else record(row)


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
    """Count ``amount_minor`` as refunded if the payment succeeded and has that much left; the one refund guard."""
    cursor = await conn.execute(
        """
        UPDATE payments SET amount_refunded = amount_refunded + %(amount)s
        WHERE id = %(id)s AND status = 'success' AND amount_refunded + %(amount)s <= amount
        """,
        {"id": payment_id, "amount": amount_minor},
    )
    return cursor.rowcount == 1


async def list_page(
    conn: AsyncConnection, merchant_id: UUID, wanted: PaymentFilter, *, limit: int
) -> list[PaymentRecord]:
    """The ``limit`` newest payments of a merchant that ``wanted`` lets through, stable under inserts."""
    query = (
        select(Payment.__table__, Order.receipt, Order.notes)
        .join(Order, Order.id == Payment.order_id)
        .order_by(Payment.created_at.desc(), Payment.id.desc())
        .limit(limit)
    )
    rows = (await conn.execute(_filtered(query, merchant_id, wanted))).mappings()
    return [record(dict(row)) for row in rows]


async def count(conn: AsyncConnection, merchant_id: UUID, wanted: PaymentFilter) -> int:
    """How many payments ``wanted`` lets through on all pages together."""
    everything = PaymentFilter(
        **{name: getattr(wanted, name) for name in wanted.__slots__ if name != "before"}
    )
    query = _filtered(select(func.count()).select_from(Payment), merchant_id, everything)
    return int((await conn.execute(query)).scalar_one())


def _filtered(query: Select[Any], merchant_id: UUID, wanted: PaymentFilter) -> Select[Any]:
    conditions = [
        Payment.merchant_id == merchant_id,
        None if wanted.status is None else Payment.status == wanted.status,
        None if wanted.method is None else Payment.method == wanted.method,
        None if wanted.order_id is None else Payment.order_id == wanted.order_id,
        None if wanted.created_from is None else Payment.created_at >= wanted.created_from,
        None if wanted.created_to is None else Payment.created_at < wanted.created_to,
        None if wanted.amount_min is None else Payment.amount >= wanted.amount_min,
        None if wanted.amount_max is None else Payment.amount <= wanted.amount_max,
    ]
    if wanted.before is not None:
        created_at, payment_id = wanted.before
        older = and_(Payment.created_at == created_at, Payment.id < payment_id)
        conditions.append(or_(Payment.created_at < created_at, older))
    return query.where(*(condition for condition in conditions if condition is not None))
