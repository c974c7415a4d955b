"""Deliveries as merchants see them: the log, manual retries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway_core.db.engine import Connection


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One row of the delivery log as the contract lists it."""

    id: UUID
    event: str
    status: str
    attempts: int
    response_code: int | None
    last_attempt_at: datetime | None
    next_retry_at: datetime | None
    created_at: datetime


async def list_page(
    conn: Connection, merchant_id: UUID, *, limit: int, offset: int
) -> tuple[Sequence[DeliveryView], int]:
    """``limit`` deliveries after ``offset``, newest first, and how many there are in all."""
    cursor = await conn.execute(
        """
        SELECT id, event, status, attempts, response_code, last_attempt_at, next_retry_at, created_at
        FROM webhook_logs WHERE merchant_id = %s ORDER BY created_at DESC, id DESC LIMIT %s OFFSET %s
        """,
        (merchant_id, limit, offset),
    )
    page = [DeliveryView(**row) for row in await cursor.fetchall()]
    cursor = await conn.execute(
        "SELECT count(*) AS total FROM webhook_logs WHERE merchant_id = %s", (merchant_id,)
    )
    row = await cursor.fetchone()
    return page, row["total"] if row else 0


async def restart(conn: Connection, merchant_id: UUID, delivery_id: UUID) -> bool:
    """Make a delivery due now with its attempts counted from 0; False when the merchant has none with this id.

    A new generation fences off an attempt that is in flight: its result no longer counts.
    """
    cursor = await conn.execute(
        """
        UPDATE webhook_logs
        SET status = 'pending', attempts = 0, next_retry_at = now(), leased_until = NULL,
            lease_generation = lease_generation + 1
        WHERE id = %s AND merchant_id = %s
        """,
        (delivery_id, merchant_id),
    )
    return cursor.rowcount == 1
