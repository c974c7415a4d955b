"""Lists of orders."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from sqlalchemy import bindparam, select, text

from gateway_core.db.models import Order
from gateway_core.db.pool import Connection
from gateway_core.db.queries.orders import COLUMNS, OrderRecord
from gateway_core.db.statements import Before, before_parameters, compiled, older, paged

_orders = Order.__table__.alias("o")


async def page(
    conn: Connection, merchant_id: UUID, *, limit: int, offset: int = 0, before: Before | None = None
) -> tuple[list[OrderRecord], int]:
    """``limit`` orders of a merchant after ``offset``, newest first, and how many there are in all."""
    cursor = await conn.execute(
        _page(before is not None),
        {"merchant": merchant_id, "limit": limit, "offset": offset, **before_parameters(before)},
    )
    found = [OrderRecord(**row) for row in await cursor.fetchall()]
    cursor = await conn.execute("SELECT count(*) AS total FROM orders WHERE merchant_id = %s", (merchant_id,))
    row = await cursor.fetchone()
    return found, row["total"] if row else 0


@cache
def _page(after_a_page: bool) -> bytes:
    statement = (
        select(text(COLUMNS)).select_from(_orders).where(_orders.c.merchant_id == bindparam("merchant"))
    )
    return compiled(paged(statement.where(older(_orders)) if after_a_page else statement, _orders))
