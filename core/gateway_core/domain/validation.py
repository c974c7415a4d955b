"""All checks of external input, in one import."""

from __future__ import annotations

from gateway_core.domain.card import CardInput, CardSummary, card_network, check_card, check_expiry
from gateway_core.domain.notes import check_notes
from gateway_core.domain.text import check_idempotency_key, check_text, check_vpa
from gateway_core.domain.webhook_secret import check_webhook_secret
from gateway_core.domain.webhook_url import check_url

__all__ = [
    "CardInput",
    "CardSummary",
    "card_network",
    "check_card",
    "check_expiry",
    "check_idempotency_key",
    "check_notes",
    "check_text",
    "check_url",
    "check_vpa",
    "check_webhook_secret",
]
