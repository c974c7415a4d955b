"""Lists of payments, and how many a filter lets through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, TextClause, any_, bindparam, func, select, text

from gateway_core.db.models import Order, Payment
from gateway_core.db.pool import Connection
from gateway_core.db.queries.payments import COLUMNS, PaymentRecord, record
from gateway_core.db.statements import (
    Before,
    before_parameters,
    beginning_with,
    compiled,
    newest_first,
    older,
    paged,
)
from gateway_core.domain.currencies import MINOR_UNIT_DIGITS
from gateway_core.domain.payment import PaymentMethod, PaymentStatus


class SearchedAmount(NamedTuple):
    """An amount in the minor unit of currencies with so many decimals."""

    minor: int
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments to list; what is empty leaves a condition out.

    ``search`` is a VPA, a card's last four digits or an order's receipt, and may be an amount (``amounts``) or the
    beginning of an id as well: a payment that any of them finds is listed.
    """

    statuses: Sequence[PaymentStatus] = ()
    methods: Sequence[PaymentMethod] = ()
    search: str | None = None
    amounts: Sequence[SearchedAmount] = ()
    id_prefix: str | None = None
    order_id_prefix: str | None = None
    refund_id_prefix: str | None = None
    requires_review: bool | None = None
    order_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    before: Before | None = None


_payments, _orders = Payment.__table__.alias("p"), Order.__table__.alias("o")

_DECIMALS: Final = " ".join(
    f"WHEN '{code}' THEN {decimals}" for code, decimals in MINOR_UNIT_DIGITS.items() if decimals != 2
)
_IN_REVIEW: Final = """
    SELECT id FROM payments WHERE merchant_id = :merchant AND requires_review
    UNION ALL SELECT payment_id FROM refunds WHERE merchant_id = :merchant AND requires_review
"""
# Each is driven by an index of its own, so that no search reads every payment.
_SEARCHES: Final[Mapping[str, str]] = {
    "id_prefix": "SELECT id FROM payments WHERE merchant_id = :merchant AND id LIKE :id_prefix",
    "order_id_prefix": "SELECT id FROM payments WHERE merchant_id = :merchant AND order_id LIKE :order_id_prefix",
    "refund_id_prefix": "SELECT payment_id FROM refunds WHERE merchant_id = :merchant AND id LIKE :refund_id_prefix",
    "search": """
        SELECT id FROM payments WHERE merchant_id = :merchant AND coalesce(vpa, card_last4) = :search
        UNION ALL
        SELECT paid.id FROM orders JOIN payments paid ON paid.order_id = orders.id
        WHERE orders.merchant_id = :merchant AND orders.receipt = :search
    """,
    "amounts": f"""
        SELECT id FROM payments
        JOIN unnest(CAST(:amounts AS bigint[]), CAST(:decimals AS integer[])) AS searched (minor, decimals)
          ON amount = minor AND CASE currency {_DECIMALS} ELSE 2 END = decimals
        WHERE merchant_id = :merchant
    """,
}

_CONDITIONS: Mapping[str, ColumnElement[bool] | TextClause] = {
    "merchant": _payments.c.merchant_id == bindparam("merchant"),
    # A single status is compared as such: its index then gives the rows in their order.
    "status": _payments.c.status == bindparam("status"),
    "statuses": _payments.c.status == any_(bindparam("statuses", type_=ARRAY(Text))),
    "methods": _payments.c.method == any_(bindparam("methods", type_=ARRAY(Text))),
    "order_id": _payments.c.order_id == bindparam("order_id"),
    "created_from": _payments.c.created_at >= bindparam("created_from"),
    "created_to": _payments.c.created_at < bindparam("created_to"),
    "amount_min": _payments.c.amount >= bindparam("amount_min"),
    "amount_max": _payments.c.amount <= bindparam("amount_max"),
    "requires_review": text(f"p.id IN ({_IN_REVIEW})"),
    "no_review": text(f"p.id NOT IN ({_IN_REVIEW})"),
}


async def page(
    conn: Connection, merchant_id: UUID, wanted: PaymentFilter, *, limit: int, offset: int = 0
) -> tuple[list[PaymentRecord], int]:
    """The ``limit`` newest payments after ``offset`` that ``wanted`` lets through, and how many it does in all.

    Paging by ``wanted.before`` is stable under inserts, paging by ``offset`` is not.
    """
    found = await some(conn, merchant_id, wanted, limit=limit, offset=offset)
    if len(found) < limit and not offset and wanted.before is None:
        return found, len(found)
    return found, await count(conn, merchant_id, wanted)


async def some(
    conn: Connection, merchant_id: UUID, wanted: PaymentFilter, *, limit: int, offset: int = 0
) -> list[PaymentRecord]:
    """The rows of :func:`page` without the count."""
    parameters = _parameters(merchant_id, wanted)
    cursor = await conn.execute(
        _page(frozenset(parameters), wanted.before is not None),
        {**parameters, **before_parameters(wanted.before), "limit": limit, "offset": offset},
    )
    return [record(row) for row in await cursor.fetchall()]


async def count(conn: Connection, merchant_id: UUID, wanted: PaymentFilter) -> int:
    """How many payments ``wanted`` lets through; its ``before`` does not count."""
    parameters = _parameters(merchant_id, wanted)
    cursor = await conn.execute(_count(frozenset(parameters)), parameters)
    row = await cursor.fetchone()
    return row["total"] if row else 0


@cache
def _page(given: frozenset[str], after_a_page: bool) -> bytes:
    # The ids come out of an index alone; whole rows are fetched for what is shown only.
    ids = select(_payments.c.id).where(*_where(given), *([older(_payments)] if after_a_page else []))
    chosen = paged(ids, _payments).cte("chosen").prefix_with("MATERIALIZED")
    shown = chosen.join(_payments, _payments.c.id == chosen.c.id)
    return compiled(
        select(text(COLUMNS))
        .select_from(shown.join(_orders, _orders.c.id == _payments.c.order_id))
        .order_by(*newest_first(_payments))
    )


@cache
def _count(given: frozenset[str]) -> bytes:
    return compiled(select(func.count().label("total")).select_from(_payments).where(*_where(given)))


def _where(given: frozenset[str]) -> list[ColumnElement[bool] | TextClause]:
    conditions = [condition for name, condition in _CONDITIONS.items() if name in given]
    searches = [search for name, search in _SEARCHES.items() if name in given]
    return [*conditions, text(f"p.id IN ({' UNION ALL '.join(searches)})")] if searches else conditions


def _parameters(merchant_id: UUID, wanted: PaymentFilter) -> dict[str, object]:
    """The value of each condition that applies."""
    values: dict[str, object] = {
        "merchant": merchant_id,
        "status": wanted.statuses[0] if len(wanted.statuses) == 1 else None,
        "statuses": list(wanted.statuses) if len(wanted.statuses) > 1 else None,
        "methods": list(wanted.methods) or None,
        "search": wanted.search,
        "amounts": [amount.minor for amount in wanted.amounts] or None,
        "decimals": [amount.decimals for amount in wanted.amounts] or None,
        "id_prefix": None if wanted.id_prefix is None else beginning_with(wanted.id_prefix),
        "order_id_prefix": None if wanted.order_id_prefix is None else beginning_with(wanted.order_id_prefix),
        "refund_id_prefix": None
        if wanted.refund_id_prefix is None
        else beginning_with(wanted.refund_id_prefix),
        "requires_review": wanted.requires_review or None,
        "no_review": True if wanted.requires_review is False else None,
        "order_id": wanted.order_id,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
        "amount_min": wanted.amount_min,
        "amount_max": wanted.amount_max,
    }
    return {name: value for name, value in values.items() if value is not None}
