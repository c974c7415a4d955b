"""Lists of refunds."""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, select, text

from gateway_core.db.models import Payment, Refund
from gateway_core.db.pool import Connection
from gateway_core.db.queries.refunds import COLUMNS, RefundRecord, record
from gateway_core.db.statements import Before, before_parameters, compiled, older, paged

_refunds, _payments = Refund.__table__.alias("r"), Payment.__table__.alias("p")


async def page_of_payment(
    conn: Connection, payment_id: str, *, limit: int, offset: int = 0, before: Before | None = None
) -> tuple[list[RefundRecord], int]:
    """``limit`` refunds of a payment after ``offset``, newest first, and how many there are in all."""
    cursor = await conn.execute(
        _page(before is not None),
        {"payment": payment_id, "limit": limit, "offset": offset, **before_parameters(before)},
    )
    found = [record(row) for row in await cursor.fetchall()]
    cursor = await conn.execute("SELECT count(*) AS total FROM refunds WHERE payment_id = %s", (payment_id,))
    row = await cursor.fetchone()
    return found, row["total"] if row else 0


@cache
def _page(after_a_page: bool) -> bytes:
    statement = (
        select(text(COLUMNS))
        .select_from(_refunds.join(_payments, _payments.c.id == _refunds.c.payment_id))
        .where(_refunds.c.payment_id == bindparam("payment"))
    )
    return compiled(paged(statement.where(older(_refunds)) if after_a_page else statement, _refunds))
