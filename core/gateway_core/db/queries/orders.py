"""Orders: insert, get, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from gateway_core.db.pool import Connection
from gateway_core.domain.ids import ORDER_PREFIX, is_id
from gateway_core.domain.ownership import own


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
    merchant_id: UUID
    amount: int
    currency: str
    status: str
    merchant_name: str
    payment_id: str | None


COLUMNS = "id, merchant_id, amount, currency, receipt, notes, status, created_at, updated_at"


async def insert(conn: Connection, orders: Sequence[OrderRecord]) -> None:
    """Insert ``orders``."""
    await conn.execute(
        f"""
        INSERT INTO orders ({COLUMNS})
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


async def get_many(conn: Connection, order_ids: Sequence[str]) -> dict[str, OrderRecord]:
    """Those of ``order_ids`` that exist, of any merchant. Malformed ids are allowed."""
    ids = [each for each in order_ids if is_id(ORDER_PREFIX, each)]
    if not ids:
        return {}
    cursor = await conn.execute(f"SELECT {COLUMNS} FROM orders WHERE id = ANY(%s)", (ids,))
    return {row["id"]: OrderRecord(**row) for row in await cursor.fetchall()}


async def get_many_now(conn: Connection, order_ids: Sequence[str]) -> tuple[dict[str, OrderRecord], datetime]:
    """The same with the database's time, in one statement."""
    cursor = await conn.execute(
        f"SELECT now() AS now, {COLUMNS} FROM (SELECT) AS one LEFT JOIN orders ON id = ANY(%s)",
        ([each for each in order_ids if is_id(ORDER_PREFIX, each)],),
    )
    rows = await cursor.fetchall()
    now: datetime = rows[0]["now"]
    found = [
        OrderRecord(**{name: value for name, value in row.items() if name != "now"})
        for row in rows
        if row["id"]
    ]
    return {record.id: record for record in found}, now


async def get_own(conn: Connection, merchant_id: UUID, order_id: str) -> OrderRecord:
    """The merchant's own order. Raises NOT_FOUND_ERROR."""
    return own("Order", (await get_many(conn, [order_id])).get(order_id), merchant_id)


async def lock(conn: Connection, order_id: str) -> OrderRecord | None:
    """An order, locked until the transaction ends: other payers' requests wait for it."""
    cursor = await conn.execute(f"SELECT {COLUMNS} FROM orders WHERE id = %s FOR NO KEY UPDATE", (order_id,))
    row = await cursor.fetchone()
    return None if row is None else OrderRecord(**row)


async def get_public(conn: Connection, order_id: str) -> PublicOrderRecord | None:
    """What a payer may see of an order."""
    cursor = await conn.execute(
        """
        SELECT o.id, o.merchant_id, o.amount, o.currency, o.status, m.name AS merchant_name, (
            SELECT p.id FROM payments p WHERE p.order_id = o.id AND p.status <> 'failed'
            ORDER BY p.status = 'success' DESC, p.status = 'processing' DESC, p.created_at DESC, p.id DESC LIMIT 1
        ) AS payment_id
        FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.id = %s
        """,
        (order_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else PublicOrderRecord(**row)
