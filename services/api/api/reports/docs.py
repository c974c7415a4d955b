"""Reports in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.payments.docs import CAPTURED_EXAMPLE
from api.reports.schemas import DashboardQueues, DashboardSummary, PaymentTimeline
from gateway_core.domain.errors import bad_request, not_found, rate_limited

TAG: Final = "Dashboard"
DELIVERY_ID: Final = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
FILTERS: Final = (
    "PaymentQuery",
    "PaymentStatus",
    "PaymentMethod",
    "OrderIdInQuery",
    "CreatedFrom",
    "CreatedTo",
    "AmountMin",
    "AmountMax",
)
_STATUS_REFUSAL: Final = bad_request(
    "status must be one of pending, processing, success, failed", field="status"
)

SUMMARY: Final = Operation(
    id="getDashboardSummary",
    tag=TAG,
    summary="Totals of a period",
    description=(
        "`days=1` is the current hour and the 23 before it, otherwise the current day (UTC) and those before it. "
        "Payments count where they were created, refunds where they were processed."
    ),
    parameters=("Days",),
    answer=Shape(
        name="DashboardSummary",
        type=DashboardSummary,
        examples={
            "summary": {
                "from": "2024-01-15T00:00:00.000Z",
                "to": "2024-01-15T10:31:10.123Z",
                "interval": "day",
                "currency": "INR",
                "payments": 4,
                "successful": 2,
                "failed": 1,
                "pending": 1,
                "success_rate": 66.7,
                "amounts": [{"currency": "INR", "amount": 100000}],
                "refunded": [{"currency": "INR", "amount": 2500}],
                "series": [
                    {
                        "start": "2024-01-15T00:00:00.000Z",
                        "payments": 4,
                        "successful": 2,
                        "failed": 1,
                        "amount": 100000,
                    }
                ],
            }
        },
    ),
    refusals=(bad_request("days must be one of 1, 7, 30, 90", field="days"),),
)
QUEUES: Final = Operation(
    id="getDashboardQueues",
    tag=TAG,
    summary="The state of the queues",
    description="The queues and their workers are the gateway's, the last two counts the merchant's.",
    answer=Shape(
        name="DashboardQueues",
        type=DashboardQueues,
        examples={
            "queues": {
                "queues": [
                    {
                        "name": "payment-processing",
                        "depth": 12,
                        "due": 2,
                        "oldest_due_seconds": 0.4,
                        "in_flight": 10,
                        "workers": [
                            {"id": "worker-1", "in_flight": 10, "last_beat_seconds": 1.2, "status": "running"}
                        ],
                    }
                ],
                "failed_deliveries": 0,
                "requires_review": 0,
            }
        },
    ),
)
EXPORT: Final = Operation(
    id="exportPayments",
    tag="Payments",
    summary="Export payments as CSV",
    description=(
        "Newest first, with the filters of the list. UTF-8, a header row, CRLF (RFC 4180); amounts in the currency's "
        "minor unit. Text that a spreadsheet would take for a formula begins with an apostrophe."
    ),
    parameters=FILTERS,
    answer=Shape(
        name="PaymentsCsv",
        type=str,
        media_type="text/csv",
        examples={
            "csv": "id,order_id,created_at\r\npay_7Hs2Lw9QeR4tY6uI8oP0aS,order_5kP0aQx8ZrT2mN7vB4cY1d,…\r\n"
        },
    ),
    answer_headers=("Content-Disposition",),
    refusals=(_STATUS_REFUSAL, rate_limited(5)),
)
TIMELINE: Final = Operation(
    id="getPaymentTimeline",
    tag="Payments",
    summary="Everything that happened to a payment",
    description="The payment, its order, its refunds, their events and every attempt to deliver them.",
    parameters=("PaymentIdInPath",),
    answer=Shape(
        name="PaymentTimeline",
        type=PaymentTimeline,
        examples={
            "timeline": {
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
                    {
                        "at": "2024-01-15T10:31:07.456Z",
                        "kind": "event",
                        "event": "payment.success",
                        "subject_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
                        "delivery_id": DELIVERY_ID,
                        "delivery_status": "success",
                        "next_retry_at": None,
                    },
                    {
                        "at": "2024-01-15T10:31:07.512Z",
                        "kind": "attempt",
                        "event": "payment.success",
                        "subject_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
                        "delivery_id": DELIVERY_ID,
                        "delivery_status": "success",
                        "attempt": 1,
                        "response_code": 200,
                        "duration_ms": 41,
                        "error": None,
                    },
                ],
            }
        },
    ),
    refusals=(not_found("Payment"),),
)
