"""Webhooks over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter

from api.body import StrictRoute
from api.dependencies import CurrentMerchant, SignedInMerchant, service
from api.errors import BODY_ERRORS, MERCHANT_ERRORS, SESSION_ERRORS, responses
from api.paging import Limit, Offset, PageRequest
from api.webhooks.config import NewSecret, RevealedSecret, WebhookConfig, WebhookConfigInput
from api.webhooks.filters import Filters
from api.webhooks.schemas import (
    MAX_RESTARTED,
    DeliveryDetails,
    DeliveryPage,
    ManyScheduled,
    RetryFailedInput,
    RetryScheduled,
    TestScheduled,
)
from api.webhooks.service import WebhookService
from gateway_core.domain.errors import bad_request, not_found

Webhooks = Annotated[WebhookService, service("webhooks")]

DEFAULT_LIMIT: Final = 10
NO_URL: Final = bad_request("No webhook_url is configured", field="webhook_url")
CONFIG_DESCRIPTION: Final = (
    "Fields that are left out do not change; a null `webhook_url` stops deliveries. A choice of `webhook_events` "
    "applies to events that are not yet in the delivery log, at most about a second old; deliveries in the log "
    "are still sent, and `webhook.test` always."
)
CONFIG_RESPONSES: Final = responses(
    *MERCHANT_ERRORS,
    *BODY_ERRORS,
    bad_request("webhook_url must start with http:// or https://", field="webhook_url"),
)

router = APIRouter(prefix="/api/v1/webhooks", tags=["Webhooks"], route_class=StrictRoute)


@router.get(
    "",
    operation_id="listWebhookDeliveries",
    summary="List webhook deliveries",
    responses=responses(
        *MERCHANT_ERRORS, bad_request("limit must be an integer between 1 and 100", field="limit")
    ),
)
async def list_deliveries(
    merchant: CurrentMerchant,
    filters: Filters,
    webhooks: Webhooks,
    limit: Limit = DEFAULT_LIMIT,
    offset: Offset = 0,
) -> DeliveryPage:
    """Newest first."""
    return await webhooks.list_deliveries(merchant, filters, PageRequest(limit, offset))


@router.put(
    "",
    operation_id="updateWebhooks",
    summary="Configure webhooks",
    description=CONFIG_DESCRIPTION,
    responses=CONFIG_RESPONSES,
)
@router.put(
    "/config",
    operation_id="updateWebhookConfig",
    summary="Configure webhooks (alias)",
    description=CONFIG_DESCRIPTION,
    responses=CONFIG_RESPONSES,
)
@router.post(
    "/config",
    operation_id="setWebhookConfig",
    summary="Configure webhooks (alias)",
    description=CONFIG_DESCRIPTION,
    responses=CONFIG_RESPONSES,
)
async def set_config(
    merchant: CurrentMerchant, body: WebhookConfigInput, webhooks: Webhooks
) -> WebhookConfig:
    return await webhooks.set_config(merchant, body)


@router.get(
    "/config",
    operation_id="getWebhookConfig",
    summary="Read the webhook configuration",
    responses=responses(*MERCHANT_ERRORS),
)
async def get_config(merchant: CurrentMerchant, webhooks: Webhooks) -> WebhookConfig:
    return await webhooks.get_config(merchant)


@router.post(
    "/regenerate-secret",
    operation_id="regenerateWebhookSecret",
    summary="Make a new webhook secret",
    responses=responses(*MERCHANT_ERRORS),
)
@router.post(
    "/secret/regenerate",
    operation_id="regenerateWebhookSecretAlias",
    summary="Make a new webhook secret (alias)",
    responses=responses(*MERCHANT_ERRORS),
)
async def regenerate_secret(merchant: CurrentMerchant, webhooks: Webhooks) -> NewSecret:
    """Only this response shows it. Webhooks are signed with it from now on; for 24 hours `webhook-signature` also has a
    signature under the previous secret.
    """
    return await webhooks.regenerate_secret(merchant)


@router.get(
    "/secret",
    operation_id="revealWebhookSecret",
    summary="Read the webhook secret",
    responses=responses(*SESSION_ERRORS),
)
async def reveal_secret(merchant: SignedInMerchant, webhooks: Webhooks) -> RevealedSecret:
    return await webhooks.reveal_secret(merchant)


@router.post(
    "/test",
    operation_id="sendTestWebhook",
    summary="Send a test event",
    responses=responses(*MERCHANT_ERRORS, NO_URL),
)
async def send_test(merchant: CurrentMerchant, webhooks: Webhooks) -> TestScheduled:
    """Creates a `webhook.test` event, delivers it now, and lists it in the log."""
    return await webhooks.send_test(merchant)


@router.post(
    "/retry-failed",
    operation_id="retryFailedWebhookDeliveries",
    summary="Retry failed deliveries",
    description=(
        "Every failed delivery created at or after `since` is due at once and gets all its attempts again; at most "
        f"{MAX_RESTARTED} by one call: call again until `scheduled` is 0."
    ),
    responses=responses(
        *MERCHANT_ERRORS,
        *BODY_ERRORS,
        bad_request("since must be an RFC 3339 time with a zone", field="since"),
        NO_URL,
    ),
)
async def retry_failed(
    merchant: CurrentMerchant, body: RetryFailedInput, webhooks: Webhooks
) -> ManyScheduled:
    return await webhooks.retry_failed(merchant, body)


# Below the fixed names, which are no delivery's id.
@router.get(
    "/{delivery_id}",
    operation_id="getWebhookDelivery",
    summary="Read a delivery and its attempts",
    responses=responses(*MERCHANT_ERRORS, not_found("Webhook log")),
)
async def get_delivery(merchant: CurrentMerchant, delivery_id: str, webhooks: Webhooks) -> DeliveryDetails:
    """The exact body, and each attempt's headers and the beginning of its response, also before a manual retry."""
    return await webhooks.get_delivery(merchant, delivery_id)


@router.post(
    "/{delivery_id}/retry",
    operation_id="retryWebhookDelivery",
    summary="Retry a delivery",
    responses=responses(*MERCHANT_ERRORS, not_found("Webhook log")),
)
async def retry(merchant: CurrentMerchant, delivery_id: str, webhooks: Webhooks) -> RetryScheduled:
    """The delivery is due at once and gets all its attempts again."""
    return await webhooks.retry(merchant, delivery_id)
