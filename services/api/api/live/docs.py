"""The event stream in the OpenAPI document."""

from __future__ import annotations

from typing import Final, Literal

from typing_extensions import TypedDict

from api.describe import Operation, Shape
from api.schemas import Timestamp
from gateway_core.domain.errors import rate_limited

LiveType = Literal[
    "payment.created",
    "payment.pending",
    "payment.success",
    "payment.failed",
    "refund.created",
    "refund.processed",
    "refund.failed",
    "webhook.test",
]


class LiveEvent(TypedDict):
    """The ``data`` of one message: an event as webhooks tell it, ``{"payment": …}``, ``{"refund": …}`` or a test."""

    type: LiveType
    created_at: Timestamp
    data: dict[str, object]


STREAM: Final = Operation(
    id="streamEvents",
    tag="Dashboard",
    summary="Follow events as they happen",
    description=(
        "Server-sent events (HTML Living Standard, 9.2): `id` is the event's, `event` is `payment`, `refund` or "
        "`webhook`, `data` is a LiveEvent. A reconnect with `Last-Event-ID` resumes; an event may come twice, and "
        "those of one payment come in order. `event: reset` means that too much was missed: read the lists again. "
        "A comment is sent every 15 s. The stream ends when the credentials do, and when it is read too slowly."
    ),
    parameters=("LastEventId",),
    answer=Shape(
        name="LiveEvent",
        type=LiveEvent,
        media_type="text/event-stream",
        examples={
            "payment": {
                "type": "payment.success",
                "created_at": "2024-01-15T10:31:07.456Z",
                "data": {"payment": {"id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS", "status": "success"}},
            }
        },
    ),
    refusals=(rate_limited(5),),
)
