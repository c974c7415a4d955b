"""The delivery log on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Timestamp
from api.webhooks.config import EventName, Url
from gateway_core.db.queries.deliveries import AttemptView, DeliveryDetail, DeliveryView
from gateway_core.domain.events import EventType, rfc3339

MAX_ATTEMPTS_SHOWN: Final = 50
MAX_RESTARTED: Final = 10_000

DeliveryId = Annotated[
    str, Field(json_schema_extra={"format": "uuid"}, examples=["3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"])
]
SubjectId = Annotated[
    str,
    Field(
        description="The payment, refund or test that the event is about.",
        examples=["pay_7Hs2Lw9QeR4tY6uI8oP0aS"],
    ),
]
AttemptFailure = Annotated[
    str | None,
    Field(
        description="Why there was no acceptable answer (`timeout`, `connection_refused`, …); null when there was one, "
        "or one with another status than 2xx.",
        examples=["timeout"],
    ),
]
LastError = Annotated[
    str | None,
    Field(
        description="The `error` of the last attempt; `no_url` when there was no URL to send it to any more."
    ),
]


class Delivery(TypedDict):
    """One event on its way to the merchant."""

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


class Attempt(TypedDict):
    """One request to the merchant. Headers are kept up to 64 of them and 8 KiB, the body up to 8 KiB."""

    attempt: Annotated[int, Field(ge=1, description="Counted from 1 again after a manual retry.")]
    started_at: Timestamp
    duration_ms: Annotated[int, Field(ge=0)]
    url: str
    request_headers: Annotated[
        dict[str, str], Field(description="As they were set; the HTTP client adds `Host` and the like.")
    ]
    response_code: int | None
    response_headers: Annotated[
        dict[str, str] | None,
        Field(description="Names in lower case, repeated ones joined by commas; null without an answer."),
    ]
    response_body: Annotated[str | None, Field(description="Its beginning; null without an answer.")]
    error: AttemptFailure


class DeliveryDetails(Delivery):
    """A delivery with what is sent and what came of every attempt."""

    payload: Annotated[str, Field(description="The exact body that is sent and signed.")]
    url: Annotated[
        Url | None,
        Field(description="Where the last attempt went; before the first, where it would go now."),
    ]
    attempt_log: Annotated[
        list[Attempt],
        Field(
            max_length=MAX_ATTEMPTS_SHOWN,
            description="Newest first, those before manual retries included; the newest ones of very many.",
        ),
    ]


class DeliveryPage(TypedDict):
    """One page of the delivery log, newest first."""

    data: list[Delivery]
    total: Annotated[int, Field(ge=0, description="On all pages together.")]
    limit: int
    offset: int


class RetryScheduled(TypedDict):
    """The delivery is due now, its attempts counted from 0 again."""

    id: DeliveryId
    status: Literal["pending"]
    message: str


class RetryFailedInput(TypedDict):
    """Which failed deliveries to send again."""

    since: Annotated[Timestamp, Field(description="Of those created at or after this time.")]
    event: NotRequired[Annotated[EventName | None, Field(description="Of this event only; null: of any.")]]


class ManyScheduled(TypedDict):
    """Deliveries that are due now, their attempts counted from 0 again."""

    scheduled: Annotated[int, Field(ge=0, le=MAX_RESTARTED)]
    message: str


class TestScheduled(TypedDict):
    """The test event is recorded and due now; the delivery log shows what became of it."""

    id: Annotated[str, Field(description="The event's subject, as in its body.")]
    event: Literal["webhook.test"]
    status: Literal["pending"]
    webhook_url: Url
    message: str
    created_at: Timestamp


def delivery(view: DeliveryView) -> Delivery:
    """The delivery as its merchant sees it."""
    return {
        "id": str(view.id),
        "event": view.event,
        "subject_id": view.subject_id,
        "status": view.status,  # type: ignore[typeddict-item]  # a CHECK constraint holds it to these
        "attempts": view.attempts,
        "response_code": view.response_code,
        "last_error": view.last_error,
        "last_attempt_at": None if view.last_attempt_at is None else rfc3339(view.last_attempt_at),
        "next_retry_at": None if view.next_retry_at is None else rfc3339(view.next_retry_at),
        "created_at": rfc3339(view.created_at),
    }


def delivery_details(detail: DeliveryDetail, attempts: Sequence[AttemptView]) -> DeliveryDetails:
    """The delivery with its exact body and its attempts, newest first."""
    return {
        **delivery(detail.view),
        "payload": detail.payload.decode(),
        "url": detail.url,
        "attempt_log": [_attempt(view) for view in attempts],
    }


def _attempt(view: AttemptView) -> Attempt:
    return {
        "attempt": view.attempt,
        "started_at": rfc3339(view.started_at),
        "duration_ms": view.duration_ms,
        "url": view.url,
        "request_headers": dict(view.request_headers or {}),
        "response_code": view.response_code,
        "response_headers": None if view.response_headers is None else dict(view.response_headers),
        "response_body": view.response_body,
        "error": view.error,
    }


def many_scheduled(count: int) -> ManyScheduled:
    """The answer to a retry of many; there may be more than one call restarts."""
    noun = "delivery" if count == 1 else "deliveries"
    rest = "; call again for the rest" if count == MAX_RESTARTED else ""
    return {"scheduled": count, "message": f"{count} {noun} scheduled{rest}"}


def retry_scheduled(delivery_id: UUID) -> RetryScheduled:
    """The contract's answer to a manual retry."""
    return {"id": str(delivery_id), "status": "pending", "message": "Webhook retry scheduled"}


def test_scheduled(subject_id: str, url: str, created_at: str) -> TestScheduled:
    """What is known when a test is asked for: that it will be sent, not yet how it ends."""
    return {
        "id": subject_id,
        "event": EventType.WEBHOOK_TEST.value,
        "status": "pending",
        "webhook_url": url,
        "message": "Test webhook scheduled",
        "created_at": created_at,
    }
