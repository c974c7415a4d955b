"""Where webhooks go, which events are sent, and what signs them, on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import EventType
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
EventName = Annotated[
    str, Field(json_schema_extra={"enum": [event.value for event in EventType]}, examples=["payment.success"])
]
WantedEvents = Annotated[
    list[EventName] | None, Field(description="The events that are sent; null: every one.")
]


class WebhookConfigInput(TypedDict):
    """What to change; what is left out stays as it is, at least one field must be there."""

    webhook_url: NotRequired[Annotated[Url | None, Field(description="Null: send nothing.")]]
    webhook_secret: NotRequired[
        Annotated[str, Field(pattern="^[!-~]{8,255}$", examples=["whsec_newSecretKey"])] | None
    ]
    webhook_events: NotRequired[
        Annotated[
            Annotated[list[EventName], Field(min_length=1)] | None, Field(description="Null: every event.")
        ]
    ]


class WebhookConfig(TypedDict):
    """Where webhooks go and the beginning of what signs them."""

    webhook_url: Url | None
    webhook_secret: MaskedSecret
    webhook_events: WantedEvents


class NewSecret(TypedDict):
    """The new secret, shown this once."""

    webhook_url: Url | None
    webhook_secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]
    webhook_events: WantedEvents


class RevealedSecret(TypedDict):
    """What signs the webhooks."""

    webhook_secret: Annotated[
        str | None,
        Field(
            description="Null when there is none, or none that this gateway can still open.",
            examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        ),
    ]


class _Unchanged:
    """Stands for a field that was not sent."""


UNCHANGED: Final = _Unchanged()


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A checked :class:`WebhookConfigInput`."""

    url: str | _Unchanged | None = UNCHANGED
    secret: str | _Unchanged = UNCHANGED
    events: Sequence[EventType] | _Unchanged | None = UNCHANGED


_EVENT_NAMES: Final = tuple(EventType)


def parse_config(body: Mapping[str, object]) -> ConfigChange:
    """The change that ``body`` asks for; raises BAD_REQUEST_ERROR. An empty URL, as forms send it, is null."""
    url: str | _Unchanged | None = UNCHANGED
    secret: str | _Unchanged = UNCHANGED
    events: Sequence[EventType] | _Unchanged | None = UNCHANGED
    if "webhook_url" in body:
        given = body["webhook_url"]
        url = None if given is None or given == "" else check_url(given)
    if body.get("webhook_secret") is not None:
        secret = check_webhook_secret(body["webhook_secret"])
    if "webhook_events" in body:
        events = _wanted_events(body["webhook_events"])
    if all(isinstance(each, _Unchanged) for each in (url, secret, events)):
        raise bad_request("webhook_url, webhook_secret or webhook_events is required")
    return ConfigChange(url, secret, events)


def _wanted_events(given: object) -> Sequence[EventType] | None:
    """The named events without repetition, in their own order; None for null, which is every event."""
    if given is None:
        return None
    names = given if isinstance(given, list) else []
    if not names or any(name not in _EVENT_NAMES for name in names):
        raise bad_request(
            f"webhook_events must be null or some of {', '.join(EventType)}", field="webhook_events"
        )
    return [event for event in EventType if event in names]
