"""Lists of orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, func, select, text

from gateway_core.db.models import Order
from gateway_core.db.pool import Connection
from gateway_core.db.queries.orders import COLUMNS, OrderRecord
from gateway_core.db.statements import Before, before_parameters, compiled, older, paged
from gateway_core.domain.order import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders to list; what is empty leaves a condition out."""

    statuses: Sequence[OrderStatus] = ()
    receipt: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    before: Before | None = None


_orders = Order.__table__.alias("o")

_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "merchant": _orders.c.merchant_id == bindparam("merchant"),
    "statuses": _orders.c.status == any_(bindparam("statuses", type_=ARRAY(Text))),
    "receipt": _orders.c.receipt == bindparam("receipt"),
    "created_from": _orders.c.created_at >= bindparam("created_from"),
    "created_to": _orders.c.created_at < bindparam("created_to"),
}


async def page(
    conn: Connection, merchant_id: UUID, wanted: OrderFilter, *, limit: int, offset: int = 0
) -> tuple[list[OrderRecord], int]:
    """The ``limit`` newest orders after ``offset`` that ``wanted`` lets through, and how many it does in all."""
    parameters = _parameters(merchant_id, wanted)
    given = frozenset(parameters)
    cursor = await conn.execute(
        _page(given, wanted.before is not None),
        {**parameters, **before_parameters(wanted.before), "limit": limit, "offset": offset},
    )
    found = [OrderRecord(**row) for row in await cursor.fetchall()]
    cursor = await conn.execute(_count(given), parameters)
    row = await cursor.fetchone()
    return found, row["total"] if row else 0


@cache
def _page(given: frozenset[str], after_a_page: bool) -> bytes:
    statement = select(text(COLUMNS)).select_from(_orders).where(*_where(given))
    return compiled(paged(statement.where(older(_orders)) if after_a_page else statement, _orders))


@cache
def _count(given: frozenset[str]) -> bytes:
    return compiled(select(func.count().label("total")).select_from(_orders).where(*_where(given)))


def _where(given: frozenset[str]) -> list[ColumnElement[bool]]:
    return [condition for name, condition in _CONDITIONS.items() if name in given]


def _parameters(merchant_id: UUID, wanted: OrderFilter) -> dict[str, object]:
    values: dict[str, object] = {
        "merchant": merchant_id,
        "statuses": list(wanted.statuses) or None,
        "receipt": wanted.receipt,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
    }
    return {name: value for name, value in values.items() if value is not None}
