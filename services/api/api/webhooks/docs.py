"""Webhooks in the OpenAPI document."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from api.describe import Operation, Shape
from api.webhooks.config import NewSecret, RevealedSecret, WebhookConfig, WebhookConfigInput
from api.webhooks.schemas import (
    MAX_RESTARTED,
    DeliveryDetails,
    DeliveryPage,
    ManyScheduled,
    RetryFailedInput,
    RetryScheduled,
    TestScheduled,
)
from gateway_core.domain.errors import bad_request, not_found

TAG: Final = "Webhooks"
URL: Final = "https://yoursite.com/webhook"
SECRET_EXAMPLE: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 -- opens nothing
DELIVERY_ID: Final = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
DELIVERY_EXAMPLE: Final = {
    "id": DELIVERY_ID,
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
DETAILS_EXAMPLE: Final = {
    **DELIVERY_EXAMPLE,
    "payload": '{"event":"payment.success","timestamp":1705314670,"data":{"payment":{"amount":50000}}}',
    "url": URL,
    "attempt_log": [
        {
            "attempt": 1,
            "started_at": "2024-01-15T10:31:10.123Z",
            "duration_ms": 84,
            "url": URL,
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
WANTED: Final = ["payment.success", "payment.failed"]
NO_URL: Final = bad_request("No webhook_url is configured", field="webhook_url")
_CONFIG: Final = Shape(
    name="WebhookConfig",
    type=WebhookConfig,
    examples={
        "config": {"webhook_url": URL, "webhook_secret": "whsec_new***", "webhook_events": None},
        "some_events": {"webhook_url": URL, "webhook_secret": "whsec_new***", "webhook_events": WANTED},
    },
)

LIST: Final = Operation(
    id="listWebhookDeliveries",
    tag=TAG,
    summary="List webhook deliveries",
    description="Newest first.",
    parameters=(
        "DeliveryStatus",
        "DeliveryEvent",
        "DeliverySubject",
        "CreatedFrom",
        "CreatedTo",
        "DeliveryLimit",
        "Offset",
    ),
    answer=Shape(
        name="DeliveryPage",
        type=DeliveryPage,
        examples={"page": {"data": [DELIVERY_EXAMPLE], "total": 1, "limit": 10, "offset": 0}},
    ),
    refusals=(bad_request("limit must be an integer between 1 and 100", field="limit"),),
)
GET_DELIVERY: Final = Operation(
    id="getWebhookDelivery",
    tag=TAG,
    summary="Read a delivery and its attempts",
    description="The exact body, and of each attempt the headers and the answer's beginning, also of the attempts "
    "before a manual retry.",
    parameters=("DeliveryIdInPath",),
    answer=Shape(name="DeliveryDetails", type=DeliveryDetails, examples={"delivered": DETAILS_EXAMPLE}),
    refusals=(not_found("Webhook log"),),
)
RETRY_FAILED: Final = Operation(
    id="retryFailedWebhookDeliveries",
    tag=TAG,
    summary="Send failed deliveries again",
    description="Every failed delivery created at or after `since` is due at once and has all its attempts again; "
    f"at most {MAX_RESTARTED} by one call: call again until `scheduled` is 0.",
    body=Shape(
        name="RetryFailedInput",
        type=RetryFailedInput,
        examples={
            "since": {"since": "2024-01-15T00:00:00Z"},
            "one_event": {"since": "2024-01-15T00:00:00Z", "event": "payment.success"},
        },
    ),
    answer=Shape(
        name="ManyScheduled",
        type=ManyScheduled,
        examples={"scheduled": {"scheduled": 3, "message": "3 deliveries scheduled"}},
    ),
    refusals=(bad_request("since must be an RFC 3339 time with a zone", field="since"), NO_URL),
)
RETRY: Final = Operation(
    id="retryWebhookDelivery",
    tag=TAG,
    summary="Send a delivery again",
    description="It is due at once and has all its attempts again.",
    parameters=("DeliveryIdInPath",),
    answer=Shape(
        name="RetryScheduled",
        type=RetryScheduled,
        examples={
            "scheduled": {"id": DELIVERY_ID, "status": "pending", "message": "Webhook retry scheduled"}
        },
    ),
    refusals=(not_found("Webhook log"),),
)
GET_CONFIG: Final = Operation(
    id="getWebhookConfig", tag=TAG, summary="Read the webhook configuration", answer=_CONFIG
)
PUT: Final = Operation(
    id="updateWebhooks",
    tag=TAG,
    summary="Configure webhooks",
    description="What is left out stays as it is; a null `webhook_url` stops deliveries. A choice of "
    "`webhook_events` counts for events that are not yet in the delivery log, at most about a second old; what is "
    "in it goes on to be sent. `webhook.test` is sent whatever is chosen.",
    body=Shape(
        name="WebhookConfigInput",
        type=WebhookConfigInput,
        examples={
            "both": {"webhook_url": URL, "webhook_secret": "whsec_newSecretKey"},
            "some_events": {"webhook_events": WANTED},
        },
    ),
    answer=_CONFIG,
    refusals=(bad_request("webhook_url must start with http:// or https://", field="webhook_url"),),
)
PUT_CONFIG: Final = replace(PUT, id="updateWebhookConfig", summary="Configure webhooks (alias)")
POST_CONFIG: Final = replace(PUT, id="setWebhookConfig", summary="Configure webhooks (alias)")
REGENERATE: Final = Operation(
    id="regenerateWebhookSecret",
    tag=TAG,
    summary="Make a new webhook secret",
    description="Shown this once. What is sent from now on is signed with it; for 24 hours `webhook-signature` has a "
    "signature under the secret before it as well.",
    answer=Shape(
        name="NewSecret",
        type=NewSecret,
        examples={"new": {"webhook_url": URL, "webhook_secret": SECRET_EXAMPLE, "webhook_events": None}},
    ),
)
REVEAL: Final = Operation(
    id="revealWebhookSecret",
    tag=TAG,
    summary="Read the webhook secret",
    answer=Shape(
        name="RevealedSecret", type=RevealedSecret, examples={"secret": {"webhook_secret": SECRET_EXAMPLE}}
    ),
    session_only=True,
)
REGENERATE_ALIAS: Final = replace(
    REGENERATE, id="regenerateWebhookSecretAlias", summary="Make a new webhook secret (alias)"
)
SEND_TEST: Final = Operation(
    id="sendTestWebhook",
    tag=TAG,
    summary="Send a test event",
    description="Records a `webhook.test` event that is delivered now, and listed like any other.",
    answer=Shape(
        name="TestScheduled",
        type=TestScheduled,
        examples={
            "scheduled": {
                "id": "test_0Zx9Cv8Bn7Mq6Wp5Er4Ty3",
                "event": "webhook.test",
                "status": "pending",
                "webhook_url": URL,
                "message": "Test webhook scheduled",
                "created_at": "2024-01-15T10:31:10.000Z",
            }
        },
    ),
    refusals=(NO_URL,),
)
