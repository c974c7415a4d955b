"""Webhook configuration and deliveries on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Timestamp
from gateway_core.db.queries.deliveries import DeliveryView
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import EventType, rfc3339
from gateway_core.domain.validation import check_url, check_webhook_secret
from gateway_core.domain.webhook_url import MAX_URL_LENGTH

Url = Annotated[
    str,
    Field(
        max_length=MAX_URL_LENGTH,
        description="http or https, ASCII, without user info and fragment.",
        examples=["https://yoursite.com/webhook"],
    ),
]
MaskedSecret = Annotated[
    str | None, Field(description="The first characters; null when there is none.", examples=["whsec_new***"])
]
DeliveryId = Annotated[
    str, Field(json_schema_extra={"format": "uuid"}, examples=["3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"])
]


class WebhookConfigInput(TypedDict):
    """What to change; what is left out stays as it is, at least one field must be there."""

    webhook_url: NotRequired[Annotated[Url | None, Field(description="Null: send nothing.")]]
    webhook_secret: NotRequired[
        Annotated[str, Field(pattern="^[!-~]{8,255}$", examples=["whsec_newSecretKey"])] | None
    ]


class WebhookConfig(TypedDict):
    """Where webhooks go and the beginning of what signs them."""

    webhook_url: Url | None
    webhook_secret: MaskedSecret


class NewSecret(TypedDict):
    """The new secret, shown this once."""

    webhook_url: Url | None
    webhook_secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class Delivery(TypedDict):
    """One event on its way to the merchant."""

    id: DeliveryId
    event: Annotated[str, Field(examples=["payment.success"])]
    status: Literal["pending", "success", "failed"]
    attempts: Annotated[int, Field(ge=0)]
    response_code: int | None
    last_attempt_at: Timestamp | None
    next_retry_at: Timestamp | None
    created_at: Timestamp


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


class TestScheduled(TypedDict):
    """The test event is recorded and due now; the delivery log shows what became of it."""

    id: Annotated[str, Field(description="The event's subject, as in its body.")]
    event: Literal["webhook.test"]
    status: Literal["pending"]
    webhook_url: Url
    message: str
    created_at: Timestamp


class _Unchanged:
    """Stands for a field that was not sent."""


UNCHANGED: Final = _Unchanged()


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A checked :class:`WebhookConfigInput`."""

    url: str | _Unchanged | None = UNCHANGED
    secret: str | _Unchanged = UNCHANGED


def parse_config(body: Mapping[str, object]) -> ConfigChange:
    """The change that ``body`` asks for; raises BAD_REQUEST_ERROR. An empty URL, as forms send it, is null."""
    url: str | _Unchanged | None = UNCHANGED
    secret: str | _Unchanged = UNCHANGED
    if "webhook_url" in body:
        given = body["webhook_url"]
        url = None if given is None or given == "" else check_url(given)
    if body.get("webhook_secret") is not None:
        secret = check_webhook_secret(body["webhook_secret"])
    if isinstance(url, _Unchanged) and isinstance(secret, _Unchanged):
        raise bad_request("webhook_url or webhook_secret is required")
    return ConfigChange(url, secret)


def delivery(view: DeliveryView) -> Delivery:
    """The delivery as its merchant sees it."""
    return {
        "id": str(view.id),
        "event": view.event,
        "status": view.status,  # type: ignore[typeddict-item]  # a CHECK constraint holds it to these
        "attempts": view.attempts,
        "response_code": view.response_code,
        "last_attempt_at": None if view.last_attempt_at is None else rfc3339(view.last_attempt_at),
        "next_retry_at": None if view.next_retry_at is None else rfc3339(view.next_retry_at),
        "created_at": rfc3339(view.created_at),
    }


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
