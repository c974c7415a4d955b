"""The delivery log on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from api.body import Command
from api.fields import Timestamp, examples
from api.query_values import moment
from api.webhooks.config import URL_EXAMPLE, EventName, Url
from gateway_core.db.queries.deliveries import AttemptView, DeliveryDetail, DeliveryView
from gateway_core.domain.delivery import AttemptError
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import EventType, rfc3339

MAX_ATTEMPTS_SHOWN: Final = 50
MAX_RESTARTED: Final = 10_000
DELIVERY_ID_EXAMPLE: Final = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
_DELIVERY_EXAMPLE: Final = {
    "id": DELIVERY_ID_EXAMPLE,
    "event": "payment.success",
    "subject_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "status": "success",
    "attempts": 1,
    "response_code": 200,
    "last_error": None,
    "last_attempt_at": "2024-01-15T10:31:10.123Z",
    "next_retry_at": None,
    "created_at": "2024-01-15T10:31:10.000Z",
}
_DETAILS_EXAMPLE: Final = {
    **_DELIVERY_EXAMPLE,
    "payload": '{"event":"payment.success","timestamp":1705314670,"timestamp_ms":1705314670123,'
    '"data":{"payment":{"amount":50000},"sequence":3}}',
    "url": URL_EXAMPLE,
    "attempt_log": [
        {
            "attempt": 1,
            "started_at": "2024-01-15T10:31:10.123Z",
            "duration_ms": 84,
            "url": URL_EXAMPLE,
            "request_headers": {
                "Content-Type": "application/json",
                "X-Webhook-Event": "payment.success",
                "X-Webhook-Signature": "0f5b8c1e4a7d2f6093b1c4e7a0d3f6985c2b1e4a7d0f3c6b9e2a5d8f1b4c7e0a",
            },
            "response_code": 200,
            "response_headers": {"content-type": "text/plain"},
            "response_body": "OK",
            "error": None,
        }
    ],
}


DeliveryId = Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[DELIVERY_ID_EXAMPLE])]
SubjectId = Annotated[
    str,
    Field(
        description="Id of the event's payment, refund or test.",
        examples=["pay_7Hs2Lw9QeR4tY6uI8oP0aS"],
    ),
]
AttemptFailure = Annotated[
    str | None,
    Field(
        description="Why there was no acceptable response: "
        + ", ".join(f"`{error}`" for error in AttemptError)
        + ". Null after a 2xx, 4xx or 5xx.",
        examples=["timeout"],
    ),
]
LastError = Annotated[
    str | None,
    Field(description="The `error` of the last attempt; `no_url` if the merchant had removed its URL."),
]


class Delivery(BaseModel):
    """The delivery of one event to the merchant."""

    model_config: ClassVar[ConfigDict] = examples(_DELIVERY_EXAMPLE)

    id: DeliveryId
    event: EventName
    subject_id: SubjectId
    status: Literal["pending", "success", "failed"]
    attempts: Annotated[int, Field(ge=0)]
    response_code: int | None
    last_error: LastError
    last_attempt_at: Timestamp | None
    next_retry_at: Timestamp | None
    created_at: Timestamp


class Attempt(BaseModel):
    """One request to the merchant, with up to 64 headers in 8 KiB and up to 8 KiB of the body."""

    attempt: Annotated[int, Field(ge=1, description="Counted from 1 again after a manual retry.")]
    started_at: Timestamp
    duration_ms: Annotated[int, Field(ge=0)]
    url: str
    request_headers: Annotated[
        dict[str, str],
        Field(description="The headers that the gateway sets; its HTTP client adds `Host` and others."),
    ]
    response_code: int | None
    response_headers: Annotated[
        dict[str, str] | None,
        Field(description="Names in lower case, repeated headers joined by commas; null without a response."),
    ]
    response_body: Annotated[
        str | None, Field(description="The beginning of the response's body; null without a response.")
    ]
    error: AttemptFailure


class DeliveryDetails(Delivery):
    """A delivery with its body and the results of its attempts."""

    model_config: ClassVar[ConfigDict] = examples(_DETAILS_EXAMPLE)

    payload: Annotated[str, Field(description="The exact body, as sent and signed.")]
    url: Annotated[
        Url | None,
        Field(description="URL of the last attempt; before the first, the configured URL."),
    ]
    attempt_log: Annotated[
        list[Attempt],
        Field(
            max_length=MAX_ATTEMPTS_SHOWN,
            description="Newest first, including attempts before manual retries; at most the newest 50.",
        ),
    ]


class DeliveryPage(BaseModel):
    """One page of the delivery log, newest first."""

    model_config: ClassVar[ConfigDict] = examples(
        {"data": [_DELIVERY_EXAMPLE], "total": 1, "limit": 10, "offset": 0}
    )

    data: list[Delivery]
    total: Annotated[int, Field(ge=0, description="On all pages together.")]
    limit: int
    offset: int


class RetryScheduled(BaseModel):
    """The delivery is due now, its attempts counted from 0 again."""

    model_config: ClassVar[ConfigDict] = examples(
        {"id": DELIVERY_ID_EXAMPLE, "status": "pending", "message": "Webhook retry scheduled"}
    )

    id: DeliveryId
    status: Literal["pending"]
    message: str


def _check_since(value: object) -> datetime:
    if not isinstance(value, str):
        raise bad_request("since must be an RFC 3339 time with a zone", field="since")
    return moment(value, "since")


def _check_event(value: object) -> EventType | None:
    if value is None:
        return None
    for event in EventType:
        if event == value:
            return event
    raise bad_request(f"event must be one of {', '.join(EventType)}", field="event")


class RetryFailedInput(Command):
    """Which failed deliveries to send again."""

    model_config: ClassVar[ConfigDict] = examples(
        {"since": "2024-01-15T00:00:00Z"}, {"since": "2024-01-15T00:00:00Z", "event": "payment.success"}
    )

    since: Annotated[
        datetime,
        PlainValidator(_check_since, json_schema_input_type=Timestamp),
        Field(description="Only deliveries created at or after this time."),
    ]
    event: Annotated[
        EventType | None,
        PlainValidator(_check_event, json_schema_input_type=EventName | None),
        Field(description="Only deliveries of this event; null: of every event."),
    ] = None


class ManyScheduled(BaseModel):
    """Deliveries that are due now, their attempts counted from 0 again."""

    model_config: ClassVar[ConfigDict] = examples({"scheduled": 3, "message": "3 deliveries scheduled"})

    scheduled: Annotated[int, Field(ge=0, le=MAX_RESTARTED)]
    message: str


class TestScheduled(BaseModel):
    """The test event is recorded and due now; the delivery log shows its result."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            "id": "test_0Zx9Cv8Bn7Mq6Wp5Er4Ty3",
            "event": "webhook.test",
            "status": "pending",
            "webhook_url": URL_EXAMPLE,
            "message": "Test webhook scheduled",
            "created_at": "2024-01-15T10:31:10.000Z",
        }
    )

    id: Annotated[str, Field(description="The event's subject, as in its body.")]
    event: Literal["webhook.test"]
    status: Literal["pending"]
    webhook_url: Url
    message: str
    created_at: Timestamp


def delivery(view: DeliveryView) -> Delivery:
    """The delivery as its merchant sees it."""
    return Delivery.model_validate(_fields(view))


def delivery_details(detail: DeliveryDetail, attempts: Sequence[AttemptView]) -> DeliveryDetails:
    """The delivery with its exact body and its attempts, newest first."""
    return DeliveryDetails.model_validate(
        {
            **_fields(detail.view),
            "payload": detail.payload.decode(),
            "url": detail.url,
            "attempt_log": [_attempt(view) for view in attempts],
        }
    )


def _fields(view: DeliveryView) -> dict[str, object]:
    return {
        "id": str(view.id),
        "event": view.event,
        "subject_id": view.subject_id,
        "status": view.status,
        "attempts": view.attempts,
        "response_code": view.response_code,
        "last_error": view.last_error,
        "last_attempt_at": None if view.last_attempt_at is None else rfc3339(view.last_attempt_at),
        "next_retry_at": None if view.next_retry_at is None else rfc3339(view.next_retry_at),
        "created_at": rfc3339(view.created_at),
    }


def _attempt(view: AttemptView) -> Attempt:
    return Attempt(
        attempt=view.attempt,
        started_at=rfc3339(view.started_at),
        duration_ms=view.duration_ms,
        url=view.url,
        request_headers=dict(view.request_headers or {}),
        response_code=view.response_code,
        response_headers=None if view.response_headers is None else dict(view.response_headers),
        response_body=view.response_body,
        error=view.error,
    )


def many_scheduled(count: int) -> ManyScheduled:
    """The answer to a retry of many; there may be more than one call restarts."""
    noun = "delivery" if count == 1 else "deliveries"
    rest = "; call again for the rest" if count == MAX_RESTARTED else ""
    return ManyScheduled(scheduled=count, message=f"{count} {noun} scheduled{rest}")


def retry_scheduled(delivery_id: UUID) -> RetryScheduled:
    """The contract's answer to a manual retry."""
    return RetryScheduled(id=str(delivery_id), status="pending", message="Webhook retry scheduled")


def test_scheduled(subject_id: str, url: str, created_at: str) -> TestScheduled:
    """What is known when a test is asked for: that it will be sent, not yet how it ends."""
    return TestScheduled(
        id=subject_id,
        event=EventType.WEBHOOK_TEST.value,
        status="pending",
        webhook_url=url,
        message="Test webhook scheduled",
        created_at=created_at,
    )
