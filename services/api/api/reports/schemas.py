"""Reports on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Count, Currency, OrderAmount, OrderId, Timestamp, examples
from api.orders.schemas import OrderStatus
from api.payments.examples import CAPTURED_EXAMPLE
from api.payments.schemas import Payment
from api.refunds.schemas import Refund

Total = Annotated[int, Field(ge=0, description="In the currency's minor unit (paise).", examples=[1250000])]
Interval = Literal["hour", "day"]
QueueName = Literal["payment-processing", "refund-processing", "webhook-delivery"]
Seconds = Annotated[float, Field(ge=0)]

_SUMMARY_EXAMPLE: Final = {
    "from": "2024-01-15T00:00:00.000Z",
    "to": "2024-01-15T10:31:10.123Z",
    "interval": "day",
    "time_zone": "UTC",
    "currency": "INR",
    "payments": 4,
    "successful": 2,
    "failed": 1,
    "pending": 1,
    "success_rate": 66.7,
    "amounts": [{"currency": "INR", "amount": 100000}],
    "refunded": [{"currency": "INR", "amount": 2500}],
    "series": [
        {"start": "2024-01-15T00:00:00.000Z", "payments": 4, "successful": 2, "failed": 1, "amount": 100000}
    ],
}
_QUEUES_EXAMPLE: Final = {
    "queues": [
        {
            "name": "payment-processing",
            "depth": 12,
            "due": 2,
            "oldest_due_seconds": 0.4,
            "in_flight": 10,
            "workers": [{"id": "worker-1", "in_flight": 10, "last_beat_seconds": 1.2, "status": "running"}],
        }
    ],
    "failed_deliveries": 0,
    "retrying_deliveries": 0,
    "requires_review": 0,
}
_ENTRY_EXAMPLE: Final = {
    "event": "payment.success",
    "subject_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "delivery_id": "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11",
    "delivery_status": "success",
}
_TIMELINE_EXAMPLE: Final = {
    "payment": CAPTURED_EXAMPLE,
    "order": {
        "id": "order_5kP0aQx8ZrT2mN7vB4cY1d",
        "amount": 50000,
        "currency": "INR",
        "receipt": "receipt_123",
        "notes": {"table": "4"},
        "status": "paid",
        "created_at": "2024-01-15T10:30:00.123Z",
    },
    "refunds": [],
    "entries": [
        {**_ENTRY_EXAMPLE, "at": "2024-01-15T10:31:07.456Z", "kind": "event", "next_retry_at": None},
        {
            **_ENTRY_EXAMPLE,
            "at": "2024-01-15T10:31:07.512Z",
            "kind": "attempt",
            "attempt": 1,
            "response_code": 200,
            "duration_ms": 41,
            "error": None,
        },
    ],
}


class CurrencyTotal(BaseModel):
    """Totals of one currency."""

    currency: Currency
    amount: Total


class SummaryBucket(BaseModel):
    """One hour or day of the period, also without payments."""

    start: Timestamp
    payments: Count
    successful: Count
    failed: Count
    amount: Annotated[Total, Field(description="Successful payments in the summary's `currency`.")]


class DashboardSummary(BaseModel):
    """The payments created in a period, up to now."""

    model_config: ClassVar[ConfigDict] = examples(_SUMMARY_EXAMPLE) | ConfigDict(serialize_by_alias=True)

    start: Annotated[Timestamp, Field(alias="from")]
    end: Annotated[Timestamp, Field(alias="to")]
    interval: Interval
    time_zone: Annotated[str, Field(description="The merchant's; days begin at its midnights.")]
    currency: Annotated[Currency, Field(description="The currency of most payments in the period.")]
    payments: Count
    successful: Count
    failed: Count
    pending: Annotated[Count, Field(description="Pending and processing.")]
    success_rate: Annotated[
        float | None,
        Field(
            ge=0,
            le=100,
            description="Percentage of successful payments among those with an outcome; null without any.",
        ),
    ]
    amounts: Annotated[list[CurrencyTotal], Field(description="Of successful payments.")]
    refunded: Annotated[list[CurrencyTotal], Field(description="Refunds processed in the period.")]
    series: Annotated[list[SummaryBucket], Field(description="The oldest first.")]


class WorkerState(BaseModel):
    """One worker process on one queue."""

    id: str
    in_flight: Count
    last_beat_seconds: Seconds
    status: Literal["running", "stopped"]


class QueueState(BaseModel):
    """One queue of the whole gateway."""

    name: QueueName
    depth: Annotated[Count, Field(description="All unfinished rows: due, scheduled and in work.")]
    due: Annotated[Count, Field(description="Rows that workers can claim now.")]
    oldest_due_seconds: Annotated[Seconds | None, Field(description="Null when nothing is due.")]
    in_flight: Annotated[Count, Field(description="Rows in flight at the running workers.")]
    workers: list[WorkerState]


class DashboardQueues(BaseModel):
    """The state of the queues, and the merchant's deliveries, payments and refunds that need attention."""

    model_config: ClassVar[ConfigDict] = examples(_QUEUES_EXAMPLE)

    queues: list[QueueState]
    failed_deliveries: Annotated[
        Count, Field(description="The merchant's deliveries whose last attempt failed.")
    ]
    retrying_deliveries: Annotated[
        Count, Field(description="The merchant's pending deliveries that have failed at least once.")
    ]
    requires_review: Annotated[
        Count, Field(description="The merchant's payments and refunds that require review.")
    ]


class TimelineOrder(BaseModel):
    """The order that was paid."""

    id: OrderId
    amount: OrderAmount
    currency: Currency
    receipt: str | None
    notes: dict[str, Any]
    status: OrderStatus
    created_at: Timestamp


class TimelineEntry(BaseModel):
    """An event, or one attempt to deliver one; fields that do not apply are left out."""

    at: Timestamp
    kind: Literal["event", "attempt"]
    event: Annotated[str, Field(examples=["payment.success"])]
    subject_id: Annotated[str, Field(description="The payment or the refund.")]
    delivery_id: Annotated[str | None, Field(json_schema_extra={"format": "uuid"})] = None
    delivery_status: Literal["pending", "success", "failed"] | None = None
    next_retry_at: Timestamp | None = None
    attempt: Annotated[int | None, Field(ge=1)] = None
    response_code: int | None = None
    duration_ms: Count | None = None
    error: str | None = None


class PaymentTimeline(BaseModel):
    """One payment with its order, refunds, events and delivery attempts."""

    model_config: ClassVar[ConfigDict] = examples(_TIMELINE_EXAMPLE)

    payment: Payment
    order: TimelineOrder
    refunds: Annotated[list[Refund], Field(description="The newest first, at most 100.")]
    entries: Annotated[list[TimelineEntry], Field(description="The oldest first; the newest 500 of them.")]
