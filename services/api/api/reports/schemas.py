"""Reports on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.orders.schemas import OrderStatus
from api.payments.schemas import Payment
from api.refunds.schemas import Refund
from api.schemas import Currency, OrderAmount, OrderId, Timestamp

Count = Annotated[int, Field(ge=0)]
Total = Annotated[int, Field(ge=0, description="In the currency's minor unit (paise).", examples=[1250000])]
Interval = Literal["hour", "day"]
QueueName = Literal["payment-processing", "refund-processing", "webhook-delivery"]
Seconds = Annotated[float, Field(ge=0)]


class CurrencyTotal(TypedDict):
    """What adds up within one currency."""

    currency: Currency
    amount: Total


class SummaryBucket(TypedDict):
    """One hour or day (UTC) of the period; those without payments are there too."""

    start: Timestamp
    payments: Count
    successful: Count
    failed: Count
    amount: Annotated[Total, Field(description="Successful payments in the summary's `currency`.")]


# `from` is a keyword, so this one cannot be written as a class.
DashboardSummary = TypedDict(
    "DashboardSummary",
    {
        "from": Timestamp,
        "to": Timestamp,
        "interval": Interval,
        "currency": Annotated[
            Currency, Field(description="The one that most payments of the period are in.")
        ],
        "payments": Count,
        "successful": Count,
        "failed": Count,
        "pending": Annotated[Count, Field(description="Pending and processing.")],
        "success_rate": Annotated[
            float | None,
            Field(ge=0, le=100, description="Per cent of those that have an outcome; null when none has."),
        ],
        "amounts": Annotated[list[CurrencyTotal], Field(description="Of successful payments.")],
        "refunded": Annotated[list[CurrencyTotal], Field(description="Refunds processed in the period.")],
        "series": Annotated[list[SummaryBucket], Field(description="The oldest first.")],
    },
)
DashboardSummary.__doc__ = "The payments created in a period, up to now."


class WorkerState(TypedDict):
    """One worker process on one queue."""

    id: str
    in_flight: Count
    last_beat_seconds: Seconds
    status: Literal["running", "stopped"]


class QueueState(TypedDict):
    """One queue of the whole gateway."""

    name: QueueName
    depth: Annotated[Count, Field(description="Everything unfinished: due, scheduled and in work.")]
    due: Annotated[Count, Field(description="What could be worked on now.")]
    oldest_due_seconds: Annotated[Seconds | None, Field(description="Null when nothing is due.")]
    in_flight: Annotated[Count, Field(description="At the workers that run.")]
    workers: list[WorkerState]


class DashboardQueues(TypedDict):
    """The state of the queues, and what of the merchant's own asks for attention."""

    queues: list[QueueState]
    failed_deliveries: Annotated[Count, Field(description="This merchant's, out of attempts.")]
    requires_review: Annotated[Count, Field(description="This merchant's payments and refunds.")]


class TimelineOrder(TypedDict):
    """The order that was paid."""

    id: OrderId
    amount: OrderAmount
    currency: Currency
    receipt: str | None
    notes: dict[str, Any]
    status: OrderStatus
    created_at: Timestamp


class TimelineEntry(TypedDict):
    """An event, or one attempt to deliver one."""

    at: Timestamp
    kind: Literal["event", "attempt"]
    event: Annotated[str, Field(examples=["payment.success"])]
    subject_id: Annotated[str, Field(description="The payment or the refund.")]
    delivery_id: NotRequired[Annotated[str, Field(json_schema_extra={"format": "uuid"})]]
    delivery_status: NotRequired[Literal["pending", "success", "failed"]]
    next_retry_at: NotRequired[Timestamp | None]
    attempt: NotRequired[Annotated[int, Field(ge=1)]]
    response_code: NotRequired[int | None]
    duration_ms: NotRequired[Count]
    error: NotRequired[str | None]


class PaymentTimeline(TypedDict):
    """One payment with all that happened around it."""

    payment: Payment
    order: TimelineOrder
    refunds: Annotated[list[Refund], Field(description="The newest first, at most 100.")]
    entries: Annotated[list[TimelineEntry], Field(description="The oldest first; the newest 500 of them.")]
