"""Settings of the webhook dispatcher."""

from __future__ import annotations

from pydantic import Field

from gateway_core.runtime.settings import WebhookSettings

MAX_TIMEOUT_S = 15.0


class DispatcherSettings(WebhookSettings):
    """How deliveries are sent."""

    webhook_timeout_s: float = Field(default=MAX_TIMEOUT_S, gt=0, le=MAX_TIMEOUT_S)
    """From the first byte of the name look-up to the last byte read of the response."""
    webhook_max_in_flight_per_merchant: int = Field(default=64, ge=1, le=1000)
    """While its receiver responds; far fewer when it does not (``limits``)."""
