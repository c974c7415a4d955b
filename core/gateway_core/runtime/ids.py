"""New public ids: the domain's encoding over the operating system's randomness."""

from __future__ import annotations

import secrets

from gateway_core.domain.ids import ENTROPY_BYTES, encode_id


def new_id(prefix: str) -> str:
    """A fresh unguessable id such as ``pay_…`` (contract, Names), from the system's CSPRNG."""
    return encode_id(prefix, secrets.token_bytes(ENTROPY_BYTES))
