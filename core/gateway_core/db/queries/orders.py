"""Orders: insert, get, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from gateway_core.db.pool import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """One order; ``amount`` in the currency's minor unit."""

    id: str
    merchant_id: UUID
    amount: int
    currency: str
    receipt: str | None
    notes: Mapping[str, object]
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicOrderRecord:
    """An order as its payer sees it. ``payment_id``: its successful payment, else the one in flight."""

    id: str
    amount: int
    currency: str
    status: str
    merchant_name: str
    payment_id: str | None


_COLUMNS = "id, merchant_id, amount, currency, receipt, notes, status, created_at, updated_at"


async def insert(conn: Connection, orders: Sequence[OrderRecord]) -> None:
    """Insert ``orders`` as they stand."""
    await conn.execute(
        f"""
        INSERT INTO orders ({_COLUMNS})
        SELECT id, merchant_id, amount, currency, receipt, notes::json, status, created_at, created_at
        FROM unnest(%s::text[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
                    %s::timestamptz[])
             AS t (id, merchant_id, amount, currency, receipt, notes, status, created_at)
        """,
        (
            [order.id for order in orders],
            [order.merchant_id for order in orders],
            [order.amount for order in orders],
            [order.currency for order in orders],
            [order.receipt for order in orders],
            [orjson.dumps(order.notes).decode() for order in orders],
            [order.status for order in orders],
            [order.created_at for order in orders],
        ),
    )


async def find(conn: Connection, order_ids: Sequence[str]) -> dict[str, OrderRecord]:
    """Those of ``order_ids`` that exist, whoever's they are: the caller compares ``merchant_id``."""
    cursor = await conn.execute(f"SELECT {_COLUMNS} FROM orders WHERE id = ANY(%s)", (list(order_ids),))
    return {row["id"]: OrderRecord(**row) for row in await cursor.fetchall()}


async def lock(conn: Connection, order_id: str) -> OrderRecord | None:
    """An order as it stands now, locked until the transaction ends: who pays it next waits."""
    cursor = await conn.execute(f"SELECT {_COLUMNS} FROM orders WHERE id = %s FOR NO KEY UPDATE", (order_id,))
    row = await cursor.fetchone()
    return None if row is None else OrderRecord(**row)


async def get_public(conn: Connection, order_id: str) -> PublicOrderRecord | None:
    """What a payer may see of an order."""
    cursor = await conn.execute(
        """
        SELECT o.id, o.amount, o.currency, o.status, m.name AS merchant_name, (
            SELECT p.id FROM payments p WHERE p.order_id = o.id AND p.status <> 'failed'
            ORDER BY p.status = 'success' DESC, p.status = 'processing' DESC, p.created_at DESC, p.id DESC LIMIT 1
        ) AS payment_id
        FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.id = %s
        """,
        (order_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else PublicOrderRecord(**row)


async def list_page(
    conn: Connection,
    merchant_id: UUID,
    *,
    limit: int,
    offset: int = 0,
    before: tuple[datetime, str] | None = None,
) -> tuple[list[OrderRecord], int]:
    """``limit`` orders of a merchant after ``offset``, newest first, and how many there are in all.

    ``before`` is the (created_at, id) of the last row of the page before; unlike an offset it is stable under inserts.
    """
    older = "" if before is None else "AND (created_at, id) < (%(at)s, %(id)s)"
    at, order_id = before or (None, None)
    cursor = await conn.execute(
        f"""
        SELECT {_COLUMNS} FROM orders WHERE merchant_id = %(merchant)s {older}
        ORDER BY created_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        {"merchant": merchant_id, "at": at, "id": order_id, "limit": limit, "offset": offset},
    )
    page = [OrderRecord(**row) for row in await cursor.fetchall()]
    cursor = await conn.execute("SELECT count(*) AS total FROM orders WHERE merchant_id = %s", (merchant_id,))
    row = await cursor.fetchone()
    return page, row["total"] if row else 0
