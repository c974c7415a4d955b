"""The events of final statuses, the same whoever finds them out: the acquirer's answer or an operator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway_core.db.queries.events import NewEvent
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


def payment_settled(payment: PaymentRecord, outcome: Settle[PaymentStatus], now: datetime) -> NewEvent:
    """``payment.success`` or ``payment.failed``, dated by the settlement."""
    event = _OF_PAYMENT[outcome.status]
    settled = replace(
        payment.view,
        status=outcome.status,
        error_code=outcome.error_code,
        error_description=outcome.error_description,
    )
    return NewEvent(
        merchant_id=payment.merchant_id,
        type=event,
        subject_id=settled.id,
        payload=event_body(event, int(now.timestamp()), payment_data(settled)),
        traceparent=payment.traceparent,
    )


def refund_settled(refund: RefundRecord, outcome: Settle[RefundStatus], now: datetime) -> NewEvent:
    """``refund.processed`` or ``refund.failed``, dated by the settlement."""
    event = _OF_REFUND[outcome.status]
    processed_at = now if outcome.status is RefundStatus.PROCESSED else None
    settled = replace(refund.view, status=outcome.status, processed_at=processed_at)
    return NewEvent(
        merchant_id=refund.merchant_id,
        type=event,
        subject_id=settled.id,
        payload=event_body(event, int(now.timestamp()), refund_data(settled)),
        traceparent=refund.traceparent,
    )
