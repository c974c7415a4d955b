"""Webhooks in the OpenAPI document."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from api.describe import Operation, Shape
from api.webhooks.schemas import (
    DeliveryPage,
    NewSecret,
    RetryScheduled,
    TestScheduled,
    WebhookConfig,
    WebhookConfigInput,
)
from gateway_core.domain.errors import bad_request, not_found

TAG: Final = "Webhooks"
URL: Final = "https://yoursite.com/webhook"
DELIVERY_ID: Final = "3f0c8a52-7a34-4b62-9c2e-0a4d5a1f6b11"
DELIVERY_EXAMPLE: Final = {
    "id": DELIVERY_ID,
    "event": "payment.success",
    "status": "success",
    "attempts": 1,
    "response_code": 200,
    "last_attempt_at": "2024-01-15T10:31:10.123Z",
    "next_retry_at": None,
    "created_at": "2024-01-15T10:31:10.000Z",
}
_CONFIG: Final = Shape(
    name="WebhookConfig",
    type=WebhookConfig,
    examples={"config": {"webhook_url": URL, "webhook_secret": "whsec_new***"}},
)

LIST: Final = Operation(
    id="listWebhookDeliveries",
    tag=TAG,
    summary="List webhook deliveries",
    description="Newest first.",
    parameters=("DeliveryLimit", "Offset"),
    answer=Shape(
        name="DeliveryPage",
        type=DeliveryPage,
        examples={"page": {"data": [DELIVERY_EXAMPLE], "total": 1, "limit": 10, "offset": 0}},
    ),
    refusals=(bad_request("limit must be an integer between 1 and 100", field="limit"),),
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
    description="What is left out stays as it is; a null `webhook_url` stops deliveries.",
    body=Shape(
        name="WebhookConfigInput",
        type=WebhookConfigInput,
        examples={"both": {"webhook_url": URL, "webhook_secret": "whsec_newSecretKey"}},
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
    description="Shown this once. What is sent from now on is signed with it.",
    answer=Shape(
        name="NewSecret",
        type=NewSecret,
        examples={"new": {"webhook_url": URL, "webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}},
    ),
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
    refusals=(bad_request("No webhook_url is configured", field="webhook_url"),),
)
