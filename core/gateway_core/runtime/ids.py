"""New ids and secrets: the domain's encoding of random bytes from the operating system."""

from __future__ import annotations

import secrets

from gateway_core.domain.ids import ENTROPY_BYTES, encode_id
from gateway_core.domain.webhook_secret import WEBHOOK_SECRET_BYTES, encode_webhook_secret


def new_id(prefix: str) -> str:
    """A fresh unguessable id such as ``pay_…`` (contract, Names), from the system's CSPRNG."""
    return encode_id(prefix, secrets.token_bytes(ENTROPY_BYTES))


def new_webhook_secret() -> str:
    """A fresh webhook secret of 192 random bits."""
    return encode_webhook_secret(secrets.token_bytes(WEBHOOK_SECRET_BYTES))
