"""Is a webhook really from the gateway? This file and the first lines of ``app.receive`` are the part to copy."""

from __future__ import annotations

import hmac


def is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Whether ``signature`` (the ``X-Webhook-Signature`` header) is the HMAC-SHA256 of ``body``, in hex.

    ``body`` must be the received bytes: parsed and serialised again they may differ. The comparison takes the
    same time wherever the two differ, so an attacker cannot find the signature byte by byte.
    """
    expected = hmac.digest(secret.encode(), body, "sha256").hex()
    return hmac.compare_digest(expected.encode(), signature.encode(errors="surrogateescape"))
