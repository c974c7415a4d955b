"""New refunds: a batch of requests, decided in their order against locked payments, and written with its events.

``read``, ``decide`` and ``write`` run in one transaction, in this order; ``write`` is the last to fail. In a pipeline
the reading and the writing are a round trip each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from gateway_core.db.pool import Connection
from gateway_core.db.queries import events, refundable, refunds
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.events import EventType, event_body, refund_data
from gateway_core.domain.ids import REFUND_PREFIX
from gateway_core.domain.ownership import own
from gateway_core.domain.refund import Refundable, RefundStatus, RefundView
from gateway_core.runtime.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """A checked request to give money back; ``amount_minor`` None: all that is left of the payment."""

    merchant_id: UUID
    payment_id: str
    amount_minor: int | None
    reason: str | None = None
    traceparent: str | None = None


RefundContext: TypeAlias = Mapping[str, Refundable]
"""The payments that the requests of a batch name, by their ids."""


async def read(conn: Connection, requests: Sequence[RefundRequest]) -> RefundContext:
    """Lock what the decisions depend on."""
    return await refundable.lock(conn, [request.payment_id for request in requests])


def decide(request: RefundRequest, context: RefundContext) -> RefundRecord:
    """The refund to write; what it takes of its payment, later requests of the batch do not get.

    Raises NOT_FOUND_ERROR, also for another merchant's payment, and BAD_REQUEST_ERROR as ``Refundable.take``.
    """
    payment = own("Payment", context.get(request.payment_id), request.merchant_id)
    view = RefundView(
        id=new_id(REFUND_PREFIX),
        payment_id=request.payment_id,
        amount_minor=payment.take(request.amount_minor),
        currency=payment.currency,
        status=RefundStatus.PENDING,
        created_at=payment.locked_at,
        reason=request.reason,
    )
    return RefundRecord(view=view, merchant_id=request.merchant_id, traceparent=request.traceparent)


async def write(conn: Connection, records: Sequence[RefundRecord]) -> None:
    """Hold the amounts, and write the refunds with their events. Raises ``CheckViolation`` rather than over-refund."""
    held: Counter[str] = Counter()
    for record in records:
        held[record.view.payment_id] += record.view.amount_minor
    await refundable.hold(conn, held)
    await refunds.insert(conn, records)
    await events.append(conn, [created_event(record) for record in records])


def created_event(record: RefundRecord) -> NewEvent:
    """``refund.created``, dated by the refund."""
    view = record.view
    return NewEvent(
        merchant_id=record.merchant_id,
        type=EventType.REFUND_CREATED,
        subject_id=view.id,
        payload=event_body(EventType.REFUND_CREATED, view.created_at, refund_data(view)),
        traceparent=record.traceparent,
    )
