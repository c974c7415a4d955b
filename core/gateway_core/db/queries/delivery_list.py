"""The merchant's log of deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, func, select, text

from gateway_core.db.models import WebhookLog
from gateway_core.db.pool import Connection
from gateway_core.db.queries.deliveries import COLUMNS, DeliveryView
from gateway_core.db.statements import beginning_with, compiled, newest_first, paged


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows; what is empty leaves a condition out. ``subject_prefix`` is no pattern."""

    statuses: Sequence[str] = ()
    events: Sequence[str] = ()
    subject_prefix: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


_logs = WebhookLog.__table__.alias("l")

_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "merchant": _logs.c.merchant_id == bindparam("merchant"),
    "statuses": _logs.c.status == any_(bindparam("statuses", type_=ARRAY(Text))),
    "events": _logs.c.event == any_(bindparam("events", type_=ARRAY(Text))),
    "subject_prefix": _logs.c.subject_id.like(bindparam("subject_prefix")),
    "created_from": _logs.c.created_at >= bindparam("created_from"),
    "created_to": _logs.c.created_at < bindparam("created_to"),
}


async def page(
    conn: Connection, merchant_id: UUID, wanted: DeliveryFilter, *, limit: int, offset: int
) -> tuple[Sequence[DeliveryView], int]:
    """``limit`` deliveries after ``offset`` that ``wanted`` lets through, newest first, and how many it does in all."""
    parameters = _parameters(merchant_id, wanted)
    given = frozenset(parameters)
    cursor = await conn.execute(_page(given), {**parameters, "limit": limit, "offset": offset})
    found = [DeliveryView(**row) for row in await cursor.fetchall()]
    cursor = await conn.execute(_count(given), parameters)
    row = await cursor.fetchone()
    return found, row["total"] if row else 0


@cache
def _page(given: frozenset[str]) -> bytes:
    # The inner query needs nothing but what stands in the index: rows that a filter leaves out are not visited.
    chosen = paged(select(_logs.c.id).where(*_where(given)), _logs).subquery("chosen")
    return compiled(
        select(text(COLUMNS))
        .select_from(_logs.join(chosen, chosen.c.id == _logs.c.id))
        .order_by(*newest_first(_logs))
    )


@cache
def _count(given: frozenset[str]) -> bytes:
    return compiled(select(func.count().label("total")).select_from(_logs).where(*_where(given)))


def _where(given: frozenset[str]) -> list[ColumnElement[bool]]:
    return [condition for name, condition in _CONDITIONS.items() if name in given]


def _parameters(merchant_id: UUID, wanted: DeliveryFilter) -> dict[str, object]:
    values: dict[str, object] = {
        "merchant": merchant_id,
        "statuses": list(wanted.statuses) or None,
        "events": list(wanted.events) or None,
        "subject_prefix": beginning_with(wanted.subject_prefix) if wanted.subject_prefix else None,
        "created_from": wanted.created_from,
        "created_to": wanted.created_to,
    }
    return {name: value for name, value in values.items() if value is not None}
