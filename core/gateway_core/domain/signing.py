"""Signatures over a webhook body's exact bytes (contract, "Webhooks"; Standard Webhooks 1.0), and of a checkout."""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache
from typing import Final

_STANDARD_PREFIX: Final = "whsec_"
_MIN_STANDARD_KEY_BYTES: Final = 24
_MAX_STANDARD_KEY_BYTES: Final = 64
_DECODED_KEYS: Final = 1024
"""Keys kept at most: the same secrets sign again and again."""
_SHOWN_CHARACTERS: Final = 9
_SHOWN_CHARACTERS_OF_SHORT: Final = 4


def sign_body(body: bytes, secret: str) -> str:
    """`X-Webhook-Signature`: 64 lower-case hex digits, HMAC-SHA256 under the secret's UTF-8 text."""
    return hmac.digest(secret.encode("utf-8"), body, "sha256").hex()


def verify(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature` is `sign_body(body, secret)`, in time that does not depend on where they differ."""
    return hmac.compare_digest(sign_body(body, secret).encode("ascii"), signature.encode("utf-8", "replace"))


def sign_checkout(order_id: str, payment_id: str, secret: str) -> str:
    """What the checkout hands to the merchant's page: lower-case hex HMAC-SHA256 of `order_id|payment_id`.

    The page's server verifies it under its webhook secret, since a browser can claim any payment.
    """
    return sign_body(f"{order_id}|{payment_id}".encode(), secret)


def standard_webhooks_signature(msg_id: str, timestamp_s: int, body: bytes, secret: str) -> str:
    """One entry of the `webhook-signature` header: `v1,` + base64 HMAC-SHA256 of `id.timestamp.body`."""
    signed = b"%s.%d.%s" % (msg_id.encode("utf-8"), timestamp_s, body)
    digest = hmac.digest(_standard_key(secret), signed, "sha256")
    return "v1," + base64.b64encode(digest).decode("ascii")


def mask_secret(secret: str) -> str:
    """The first 9 characters and `***`; only 4 of a secret so short that 9 would be all of it."""
    shown = _SHOWN_CHARACTERS if len(secret) > _SHOWN_CHARACTERS else _SHOWN_CHARACTERS_OF_SHORT
    return secret[:shown] + "***"


@lru_cache(maxsize=_DECODED_KEYS)
def _standard_key(secret: str) -> bytes:
    """The key receivers' Standard Webhooks libraries derive, or the whole text when it is none of theirs."""
    encoded = secret.removeprefix(_STANDARD_PREFIX)
    if encoded != secret:
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return secret.encode("utf-8")
        if _MIN_STANDARD_KEY_BYTES <= len(key) <= _MAX_STANDARD_KEY_BYTES and _encodes(key, encoded):
            return key
    return secret.encode("utf-8")


def _encodes(key: bytes, encoded: str) -> bool:
    # Decoders disagree about text with stray trailing bits; only the one canonical form counts as base64.
    return base64.b64encode(key).decode("ascii") == encoded
