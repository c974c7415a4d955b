"""New public ids: the domain's encoding over the operating system's randomness."""

from __future__ import annotations

import base64
import secrets
from typing import Final

from gateway_core.domain.ids import ENTROPY_BYTES, encode_id

WEBHOOK_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the part that is no secret
# Standard Webhooks takes 24 to 64 bytes in base64; 24 need no padding.
WEBHOOK_SECRET_BYTES: Final = 24


def new_id(prefix: str) -> str:
    """A fresh unguessable id such as ``pay_…`` (contract, Names), from the system's CSPRNG."""
    return encode_id(prefix, secrets.token_bytes(ENTROPY_BYTES))


def new_webhook_secret() -> str:
    """``whsec_`` and base64 of 192 random bits, as Standard Webhooks' libraries read it."""
    return WEBHOOK_SECRET_PREFIX + base64.b64encode(secrets.token_bytes(WEBHOOK_SECRET_BYTES)).decode("ascii")
