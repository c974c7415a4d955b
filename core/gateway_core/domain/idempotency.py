"""Distinguishes a repeated request from another one under the same Idempotency-Key."""

from __future__ import annotations

import hmac
import json


def fingerprint(secret_key: bytes, route: str, body: object) -> bytes:
    """32 bytes that are equal exactly when route and parsed JSON body are.

    Key order and white space do not count; `1`, `1.0`, `true` and `"1"` all differ. It is keyed because the
    body may hold a card number, and a plain hash of one can be reversed by brute force.
    """
    canonical = json.dumps([route, body], sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hmac.digest(secret_key, canonical.encode("ascii"), "sha256")
