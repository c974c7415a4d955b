"""Payments as merchants see them: insert, get, list, capture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.domain.authentication import AUTHENTICATION_WINDOW_S, Authentication
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments to list. ``before`` is the (created_at, id) of the last row of the page before.

    Prefixes are of ids, so of letters, digits and ``_``. ``nothing``: no payment can be meant.
    """

    statuses: Sequence[PaymentStatus] = ()
    methods: Sequence[PaymentMethod] = ()
    id_prefix: str | None = None
    order_id_prefix: str | None = None
    nothing: bool = False
    order_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    before: tuple[datetime, str] | None = None


COLUMNS = """p.id, p.order_id, p.merchant_id, p.amount, p.currency, p.method, p.status, p.captured, p.vpa,
    p.card_network, p.card_last4, p.error_code, p.error_description, p.created_at, p.updated_at, p.amount_refunded,
    p.requires_review, p.traceparent, p.authentication, p.authentication_attempts, o.receipt, o.notes"""


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
    """Insert pending ``payments``, due at once; those that ask for a code when their window is over."""
    views = [payment.view for payment in payments]
    await conn.execute(
        f"""
        INSERT INTO payments (id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
                              created_at, updated_at, traceparent, authentication, next_attempt_at)
        SELECT id, order_id, merchant_id, amount, currency, method, vpa, card_network, card_last4,
               created_at, created_at, traceparent, authentication,
               CASE authentication WHEN 'required' THEN now() + interval '{AUTHENTICATION_WINDOW_S} seconds'
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
    conn: Connection, merchant_id: UUID, wanted: PaymentFilter, *, limit: int, offset: int = 0
) -> tuple[list[PaymentRecord], int]:
    """The ``limit`` newest payments after ``offset`` that ``wanted`` lets through, and how many it does in all.

    Paging by ``wanted.before`` is stable under inserts, paging by ``offset`` is not.
    """
    if wanted.nothing:
        return [], 0
    page = await list_some(conn, merchant_id, wanted, limit=limit, offset=offset)
    if len(page) < limit and not offset and wanted.before is None:
        return page, len(page)
    return page, await count(conn, merchant_id, wanted)


async def list_some(
    conn: Connection, merchant_id: UUID, wanted: PaymentFilter, *, limit: int, offset: int = 0
) -> list[PaymentRecord]:
    """The page of ``list_page`` without the count."""
    if wanted.nothing:
        return []
    # Compared as one row, so that the index leads straight to the page.
    older = "" if wanted.before is None else "AND (p.created_at, p.id) < (%(before_at)s, %(before_id)s)"
    # The ids come out of an index alone; whole rows are fetched for what is shown only.
    cursor = await conn.execute(
        f"""
        WITH chosen AS MATERIALIZED (
            SELECT p.id FROM payments p WHERE {_where(wanted)} {older}
            ORDER BY p.created_at DESC, p.id DESC LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT {COLUMNS} FROM chosen JOIN payments p ON p.id = chosen.id JOIN orders o ON o.id = p.order_id
        ORDER BY p.created_at DESC, p.id DESC
        """,
        {**_parameters(merchant_id, wanted), "limit": limit, "offset": offset},
    )
    return [record(row) for row in await cursor.fetchall()]


async def count(conn: Connection, merchant_id: UUID, wanted: PaymentFilter) -> int:
    """How many payments ``wanted`` lets through; its ``before`` does not count."""
    if wanted.nothing:
        return 0
    cursor = await conn.execute(
        f"SELECT count(*) AS total FROM payments p WHERE {_where(wanted)}", _parameters(merchant_id, wanted)
    )
    row = await cursor.fetchone()
    return row["total"] if row else 0


# A single status is compared as such: its index then gives the rows in their order.
_CONDITIONS: Mapping[str, LiteralString] = {
    "status": "p.status = %(status)s",
    "statuses": "p.status = ANY(%(statuses)s::text[])",
    "methods": "p.method = ANY(%(methods)s::text[])",
    "id_prefix": "p.id LIKE %(id_prefix)s",
    "order_id_prefix": "p.order_id LIKE %(order_id_prefix)s",
    "order_id": "p.order_id = %(order_id)s",
    "created_from": "p.created_at >= %(created_from)s",
    "created_to": "p.created_at < %(created_to)s",
    "amount_min": "p.amount >= %(amount_min)s",
    "amount_max": "p.amount <= %(amount_max)s",
}


def _where(wanted: PaymentFilter) -> LiteralString:
    given = {name for name, value in _values(wanted).items() if value is not None}
    chosen = [condition for name, condition in _CONDITIONS.items() if name in given]
    return " AND ".join(["p.merchant_id = %(merchant)s", *chosen])


def _parameters(merchant_id: UUID, wanted: PaymentFilter) -> dict[str, object]:
    before_at, before_id = wanted.before or (None, None)
    return {**_values(wanted), "merchant": merchant_id, "before_at": before_at, "before_id": before_id}


def _values(wanted: PaymentFilter) -> dict[str, object]:
    """The value of each condition; None: it does not apply."""
    return {
        "status": wanted.statuses[0] if len(wanted.statuses) == 1 else None,
        "statuses": list(wanted.statuses) if len(wanted.statuses) > 1 else None,
        "methods": list(wanted.methods) or None,
        "id_prefix": _beginning_with(wanted.id_prefix),
        "order_id_prefix": _beginning_with(wanted.order_id_prefix),
        "order_id": wanted.order_id,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
        "amount_min": wanted.amount_min,
        "amount_max": wanted.amount_max,
    }


def _beginning_with(prefix: str | None) -> str | None:
    """A LIKE pattern, in which ``_`` stands for any character unless it is escaped."""
    return None if prefix is None else prefix.replace("_", r"\_") + "%"
