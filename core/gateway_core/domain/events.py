"""Events and their exact bytes (contract, "Webhooks"). The bytes are made once and sent unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway_core.domain import v8_json
from gateway_core.domain.payment import PaymentMethod, PaymentView
from gateway_core.domain.refund import RefundView


class EventType(StrEnum):
    """Every event a merchant can receive, one per transition."""

    PAYMENT_CREATED = "payment.created"
    PAYMENT_PENDING = "payment.pending"
    PAYMENT_SUCCESS = "payment.success"
    PAYMENT_FAILED = "payment.failed"
    REFUND_CREATED = "refund.created"
    REFUND_PROCESSED = "refund.processed"
    REFUND_FAILED = "refund.failed"
    WEBHOOK_TEST = "webhook.test"


SEQUENCE: Final = {
    EventType.PAYMENT_CREATED: 1,
    EventType.PAYMENT_PENDING: 2,
    EventType.PAYMENT_SUCCESS: 3,
    EventType.PAYMENT_FAILED: 3,
    EventType.REFUND_CREATED: 1,
    EventType.REFUND_PROCESSED: 2,
    EventType.REFUND_FAILED: 2,
    EventType.WEBHOOK_TEST: 1,
}
"""The place of an event among those of its payment, refund or test: it follows from the status machine, in which each
has one way through and one end. So it needs no counter, and is the same after a backup was restored."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def event_body(event: EventType, moment: datetime, data: Mapping[str, object]) -> bytes:
    """The webhook body, equal to what V8 makes of `JSON.stringify(JSON.parse(body))`.

    `moment` is the event's own time, with a zone. Raises ValueError for what V8 would change.
    """
    [body] = event_bodies([event], moment, data)
    return body


def event_bodies(events: Sequence[EventType], moment: datetime, data: Mapping[str, object]) -> list[bytes]:
    """The bodies of several events about the same `data`, which is encoded once; `data.sequence` is added."""
    timestamp_ms = (moment - _EPOCH) // _MILLISECOND
    opened = v8_json.encode(data)[:-1] + (b"," if data else b"")
    return [
        b'{"event":"%s","timestamp":%d,"timestamp_ms":%d,"data":%s"sequence":%d}}'
        % (event.encode(), timestamp_ms // 1000, timestamp_ms, opened, SEQUENCE[event])
        for event in events
    ]


def payment_data(payment: PaymentView) -> dict[str, object]:
    """`data` of a payment event."""
    return {
        "payment": {
            "id": payment.id,
            "entity": "payment",
            "order_id": payment.order_id,
            "amount": payment.amount_minor,
            "currency": payment.currency,
            "method": payment.method,
            **_instrument(payment),
            "status": payment.status,
            "captured": payment.captured,
            "error_code": payment.error_code,
            "error_description": payment.error_description,
            "receipt": payment.receipt,
            "notes": payment.notes,
            "created_at": rfc3339(payment.created_at),
        }
    }


def refund_data(refund: RefundView) -> dict[str, object]:
    """`data` of a refund event."""
    return {
        "refund": {
            "id": refund.id,
            "entity": "refund",
            "payment_id": refund.payment_id,
            "amount": refund.amount_minor,
            "currency": refund.currency,
            "reason": refund.reason,
            "status": refund.status,
            "created_at": rfc3339(refund.created_at),
            "processed_at": None if refund.processed_at is None else rfc3339(refund.processed_at),
        }
    }


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, `2024-01-15T10:30:00.123Z`; raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be written in UTC")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _instrument(payment: PaymentView) -> dict[str, object]:
    match payment.method:
        case PaymentMethod.UPI:
            return {"vpa": payment.vpa}
        case PaymentMethod.CARD:
            return {"card_network": payment.card_network, "card_last4": payment.card_last4}
