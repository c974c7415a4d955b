"""Refunds as merchants see them: insert, get, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.domain.ids import REFUND_PREFIX, is_id
from gateway_core.domain.ownership import own
from gateway_core.domain.refund import RefundStatus, RefundView


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRecord:
    """A refund with what only its merchant and the workers may see beside the event's view of it."""

    view: RefundView
    merchant_id: UUID
    error_code: str | None = None
    error_description: str | None = None
    requires_review: bool = False
    traceparent: str | None = None


# Of the refund ``r`` and its payment ``p``.
COLUMNS = """r.id, r.payment_id, r.merchant_id, r.amount, r.reason, r.status, r.error_code, r.error_description,
    r.created_at, r.processed_at, r.requires_review, r.traceparent, p.currency"""


def record(row: Mapping[str, Any]) -> RefundRecord:
    """The record of a row with ``COLUMNS``."""
    view = RefundView(
        id=row["id"],
        payment_id=row["payment_id"],
        amount_minor=row["amount"],
        currency=row["currency"],
        status=RefundStatus(row["status"]),
        created_at=row["created_at"],
        reason=row["reason"],
        processed_at=row["processed_at"],
    )
    return RefundRecord(
        view=view,
        merchant_id=row["merchant_id"],
        error_code=row["error_code"],
        error_description=row["error_description"],
        requires_review=row["requires_review"],
        traceparent=row["traceparent"],
    )


async def insert(conn: Connection, refunds: Sequence[RefundRecord]) -> None:
    """Insert pending ``refunds``, due at once; their amounts must be held (``refundable.hold``)."""
    views = [refund.view for refund in refunds]
    await conn.execute(
        """
        INSERT INTO refunds (id, payment_id, merchant_id, amount, reason, created_at, updated_at, traceparent)
        SELECT id, payment_id, merchant_id, amount, reason, created_at, created_at, traceparent
        FROM unnest(%s::text[], %s::text[], %s::uuid[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[])
             AS t (id, payment_id, merchant_id, amount, reason, created_at, traceparent)
        """,
        (
            [view.id for view in views],
            [view.payment_id for view in views],
            [refund.merchant_id for refund in refunds],
            [view.amount_minor for view in views],
            [view.reason for view in views],
            [view.created_at for view in views],
            [refund.traceparent for refund in refunds],
        ),
    )


async def get_many(conn: Connection, refund_ids: Sequence[str]) -> dict[str, RefundRecord]:
    """Those of ``refund_ids`` that exist, of any merchant. Malformed ids are allowed."""
    ids = [each for each in refund_ids if is_id(REFUND_PREFIX, each)]
    if not ids:
        return {}
    cursor = await conn.execute(
        f"SELECT {COLUMNS} FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.id = ANY(%s)", (ids,)
    )
    return {row["id"]: record(row) for row in await cursor.fetchall()}


async def get(conn: Connection, refund_id: str) -> RefundRecord | None:
    """A refund of any merchant."""
    return (await get_many(conn, [refund_id])).get(refund_id)


async def get_own(conn: Connection, merchant_id: UUID, refund_id: str) -> RefundRecord:
    """The merchant's own refund. Raises NOT_FOUND_ERROR."""
    return own("Refund", await get(conn, refund_id), merchant_id)
