"""Signatures over a webhook body's exact bytes (contract, "Webhooks"; Standard Webhooks 1.0), and of a checkout."""

from __future__ import annotations

import base64
import hmac

from gateway_core.domain.webhook_secret import standard_webhooks_keys


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


def standard_webhooks_signatures(msg_id: str, timestamp_s: int, body: bytes, secret: str) -> list[str]:
    """Entries of the `webhook-signature` header: `v1,` + base64 HMAC-SHA256 of `id.timestamp.body`.

    One under the secret's text and, if Standard Webhooks' libraries derive another key from it, one under theirs.
    """
    signed = b"%s.%d.%s" % (msg_id.encode("utf-8"), timestamp_s, body)
    digests = (hmac.digest(key, signed, "sha256") for key in standard_webhooks_keys(secret))
    return ["v1," + base64.b64encode(digest).decode("ascii") for digest in digests]
