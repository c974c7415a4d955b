"""The secret that a merchant's webhooks are signed with: its form, how it is shown, and the keys made of it."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Final

from gateway_core.domain.errors import bad_request

WEBHOOK_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- the part that is no secret
WEBHOOK_SECRET_BYTES: Final = 24
"""Of a new secret: Standard Webhooks takes 24 to 64 bytes in base64; 24 need no padding."""
WEBHOOK_SECRET_PATTERN: Final = r"[!-~]{8,255}"  # noqa: S105 -- a pattern

_SECRET = re.compile(WEBHOOK_SECRET_PATTERN)
_MAX_STANDARD_KEY_BYTES: Final = 64
_CACHED_KEYS: Final = 1024
_SHOWN_CHARACTERS: Final = 9
_SHOWN_CHARACTERS_OF_SHORT: Final = 4


def check_webhook_secret(value: object) -> str:
    """8 to 255 printable ASCII characters without spaces, or BAD_REQUEST_ERROR."""
    if isinstance(value, str) and _SECRET.fullmatch(value):
        return value
    raise bad_request(
        "webhook_secret must be 8 to 255 printable ASCII characters without spaces", field="webhook_secret"
    )


def encode_webhook_secret(entropy: bytes) -> str:
    """``whsec_`` and base64 of ``WEBHOOK_SECRET_BYTES`` random bytes, as Standard Webhooks' libraries read it."""
    return WEBHOOK_SECRET_PREFIX + base64.b64encode(entropy).decode("ascii")


def mask_secret(secret: str) -> str:
    """The first 9 characters and `***`; only 4 of a secret so short that 9 would be all of it."""
    shown = _SHOWN_CHARACTERS if len(secret) > _SHOWN_CHARACTERS else _SHOWN_CHARACTERS_OF_SHORT
    return secret[:shown] + "***"


@lru_cache(maxsize=_CACHED_KEYS)
def standard_webhooks_key(secret: str) -> bytes:
    """The key that receivers' Standard Webhooks libraries derive; the whole text if it is not one of theirs."""
    encoded = secret.removeprefix(WEBHOOK_SECRET_PREFIX)
    if encoded != secret:
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return secret.encode("utf-8")
        if WEBHOOK_SECRET_BYTES <= len(key) <= _MAX_STANDARD_KEY_BYTES and _encodes(key, encoded):
            return key
    return secret.encode("utf-8")


def _encodes(key: bytes, encoded: str) -> bool:
    # Decoders disagree about text with stray trailing bits; only the one canonical form counts as base64.
    return base64.b64encode(key).decode("ascii") == encoded
