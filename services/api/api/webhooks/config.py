"""Where webhooks go, which events are sent, and what signs them, on the wire."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from api.body import Command
from api.fields import examples
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import EventType
from gateway_core.domain.validation import check_url, check_webhook_secret
from gateway_core.domain.webhook_url import MAX_URL_LENGTH

URL_EXAMPLE: Final = "https://yoursite.com/webhook"
SECRET_EXAMPLE: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 -- opens nothing
NEW_SECRET_EXAMPLE: Final = "whsec_newKqGZ8sVb4nT0yRjXc6WmLhPd2EuAa"  # noqa: S105 -- opens nothing
WANTED_EXAMPLE: Final = ["payment.success", "payment.failed"]
CONFIG_EXAMPLE: Final = {
    "webhook_url": URL_EXAMPLE,
    "webhook_secret": "whsec_new***",
    "webhook_events": None,
    "standard_webhooks": True,
}

Url = Annotated[
    str,
    Field(
        max_length=MAX_URL_LENGTH,
        description="https, or http outside production; ASCII, without user info and fragment. It is called byte for "
        "byte as given.",
        examples=[URL_EXAMPLE],
    ),
]
MaskedSecret = Annotated[
    str | None, Field(description="Its first characters; null if there is none.", examples=["whsec_new***"])
]
EventName = Annotated[
    str, Field(json_schema_extra={"enum": [event.value for event in EventType]}, examples=["payment.success"])
]
WantedEvents = Annotated[
    list[EventName] | None, Field(description="The events to deliver; null: every event.")
]
StandardWebhooks = Annotated[
    bool | None,
    Field(
        description="Whether the Standard Webhooks libraries can verify `webhook-signature` with this secret, which "
        "takes base64 after an optional `whsec_`. If false, verify `X-Webhook-Signature`; null when there is no secret."
    ),
]


def _check_url(value: object) -> str | None:
    """An empty URL, as forms send it, is null."""
    return None if value is None or value == "" else check_url(value)


def _check_secret(value: object) -> str | None:
    return None if value is None else check_webhook_secret(value)


def _check_events(value: object) -> list[str] | None:
    """The named events without repetition, in their own order; None for null, which is every event."""
    if value is None:
        return None
    names = value if isinstance(value, list) else []
    if not names or any(name not in tuple(EventType) for name in names):
        raise bad_request(
            f"webhook_events must be null or some of {', '.join(EventType)}", field="webhook_events"
        )
    return [event.value for event in EventType if event in names]


class WebhookConfigInput(Command):
    """The fields to change, at least one."""

    model_config: ClassVar[ConfigDict] = examples(
        {"webhook_url": URL_EXAMPLE, "webhook_secret": NEW_SECRET_EXAMPLE},
        {"webhook_events": WANTED_EXAMPLE},
    )

    webhook_url: Annotated[
        Url | None, BeforeValidator(_check_url), Field(description="Null: deliver no webhooks.")
    ] = None
    webhook_secret: Annotated[
        Annotated[str, Field(pattern="^[!-~]{8,255}$", examples=[NEW_SECRET_EXAMPLE])] | None,
        BeforeValidator(_check_secret),
    ] = None
    webhook_events: Annotated[
        Annotated[list[EventName], Field(min_length=1)] | None,
        BeforeValidator(_check_events),
        Field(description="Null: every event."),
    ] = None

    @property
    def changes_url(self) -> bool:
        return "webhook_url" in self.model_fields_set

    @property
    def changes_events(self) -> bool:
        return "webhook_events" in self.model_fields_set

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not (self.changes_url or self.changes_events or self.webhook_secret is not None):
            raise bad_request("webhook_url, webhook_secret or webhook_events is required")
        return self


class WebhookConfig(BaseModel):
    """The webhook URL, the beginning of the secret, and the chosen events."""

    model_config: ClassVar[ConfigDict] = examples(
        CONFIG_EXAMPLE, {**CONFIG_EXAMPLE, "webhook_events": WANTED_EXAMPLE}
    )

    webhook_url: Url | None
    webhook_secret: MaskedSecret
    webhook_events: WantedEvents
    standard_webhooks: StandardWebhooks


class NewSecret(BaseModel):
    """The new secret, which only this response shows."""

    model_config: ClassVar[ConfigDict] = examples({**CONFIG_EXAMPLE, "webhook_secret": SECRET_EXAMPLE})

    webhook_url: Url | None
    webhook_secret: Annotated[str, Field(examples=[SECRET_EXAMPLE])]
    webhook_events: WantedEvents
    standard_webhooks: StandardWebhooks


class RevealedSecret(BaseModel):
    """The secret under which webhooks are signed."""

    model_config: ClassVar[ConfigDict] = examples({"webhook_secret": SECRET_EXAMPLE})

    webhook_secret: Annotated[
        str | None, Field(description="Null if there is none, or if no configured key decrypts it.")
    ]
