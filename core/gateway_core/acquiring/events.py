"""The events of final statuses, the same whether the acquirer or an operator gives the outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Record
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.acquiring import Settle
from gateway_core.domain.events import EventType, event_body, payment_data, refund_data
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.refund import RefundStatus

_OF_PAYMENT: Final = {
    PaymentStatus.SUCCESS: EventType.PAYMENT_SUCCESS,
    PaymentStatus.FAILED: EventType.PAYMENT_FAILED,
}
_OF_REFUND: Final = {
    RefundStatus.PROCESSED: EventType.REFUND_PROCESSED,
    RefundStatus.FAILED: EventType.REFUND_FAILED,
}


def settled_event(record: Record, outcome: Settle, now: datetime) -> NewEvent:
    """``payment.success``, ``payment.failed``, ``refund.processed`` or ``refund.failed``, dated by the settlement.

    ``record`` is the row before its settlement at ``now``.
    """
    if isinstance(record, PaymentRecord):
        event, data = _payment(record, outcome)
    else:
        event, data = _refund(record, outcome, now)
    return NewEvent(
        merchant_id=record.merchant_id,
        type=event,
        subject_id=record.view.id,
        payload=event_body(event, now, data),
        traceparent=record.traceparent,
    )


def _payment(payment: PaymentRecord, outcome: Settle) -> tuple[EventType, dict[str, object]]:
    status = PaymentStatus(outcome.status)
    settled = replace(
        payment.view,
        status=status,
        error_code=outcome.error_code,
        error_description=outcome.error_description,
    )
    return _OF_PAYMENT[status], payment_data(settled)


def _refund(refund: RefundRecord, outcome: Settle, now: datetime) -> tuple[EventType, dict[str, object]]:
    status = RefundStatus(outcome.status)
    processed_at = now if status is RefundStatus.PROCESSED else None
    return _OF_REFUND[status], refund_data(replace(refund.view, status=status, processed_at=processed_at))
