"""Events and their exact bytes (contract, "Webhooks"). The bytes are made once and sent unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

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


def event_body(event: EventType, timestamp_s: int, data: Mapping[str, object]) -> bytes:
    """The webhook body, equal to what V8 makes of `JSON.stringify(JSON.parse(body))`.

    `timestamp_s` is the event's own time in unix seconds. Raises ValueError for what V8 would change.
    """
    [body] = event_bodies([event], timestamp_s, data)
    return body


def event_bodies(events: Sequence[EventType], timestamp_s: int, data: Mapping[str, object]) -> list[bytes]:
    """The bodies of several events about the same `data`, which is encoded once."""
    encoded = v8_json.encode(data)
    return [
        b'{"event":"%s","timestamp":%d,"data":%s}' % (event.encode(), timestamp_s, encoded)
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
