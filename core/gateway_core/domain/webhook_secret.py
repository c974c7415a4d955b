"""The secret that a merchant's webhooks are signed with: its form, how it is shown, and the keys made of it."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from gateway_core.domain.errors import bad_request

WEBHOOK_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- the part that is no secret
WEBHOOK_SECRET_BYTES: Final = 24
"""Of a new secret: Standard Webhooks takes 24 to 64 bytes in base64; 24 need no padding."""
WEBHOOK_SECRET_PATTERN: Final = r"[!-~]{8,255}"  # noqa: S105 -- a pattern

_SECRET = re.compile(WEBHOOK_SECRET_PATTERN)
# Of at least four characters; the last group has two or three, with or without padding.
_BASE64: Final = re.compile(r"(?=.{4})(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
MIN_ENTROPY_BITS: Final = 64
"""20 random hex digits or 15 random letters have it, as a rule."""
_PUBLISHED: Final = frozenset(
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_newKqGZ8sVb4nT0yRjXc6WmLhPd2EuAa"}
)
"""In the specification and in the examples of the API."""
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
def standard_webhooks_keys(secret: str) -> tuple[bytes, ...]:
    """The keys that receivers may verify `webhook-signature` with: the secret's UTF-8 text, and the libraries' key.

    The second is there only if a library derives one. Python, PHP and Ruby skip characters that are not base64;
    for those libraries even such a secret has a key.
    """
    text, derived = secret.encode("utf-8"), _library_key(secret)
    return (text,) if derived is None else (text, derived)


def fits_standard_webhooks(secret: str) -> bool:
    """Whether the Standard Webhooks libraries of all languages derive one and the same key from `secret`.

    If not, only `X-Webhook-Signature` can be relied on. Padding may be missing, as the libraries add it.
    """
    return _BASE64.fullmatch(_encoded(secret)) is not None and _library_key(secret) is not None


def check_entropy(secret: str) -> None:
    """Raise BAD_REQUEST_ERROR for a secret that can be guessed or that this project has published as an example.

    Anyone who sees one webhook can try secrets offline, so production asks for `MIN_ENTROPY_BITS`.
    """
    if secret in _PUBLISHED or _entropy_bits(_encoded(secret)) < MIN_ENTROPY_BITS:
        raise bad_request(
            "webhook_secret is too easy to guess; use at least 24 random bytes, such as those of "
            "POST /api/v1/webhooks/regenerate-secret",
            field="webhook_secret",
        )


def _encoded(secret: str) -> str:
    return secret.removeprefix(WEBHOOK_SECRET_PREFIX)


def _library_key(secret: str) -> bytes | None:
    try:
        # As the libraries for Python do: padding is added, and what is too much of it is skipped.
        return base64.b64decode(_encoded(secret) + "==") or None
    except ValueError:
        return None


def _entropy_bits(text: str) -> float:
    """The empirical entropy of the characters, or of the steps between them where that is less (`12345678`)."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return min(_empirical_bits(text), _empirical_bits(steps))


def _empirical_bits(values: Sequence[object]) -> float:
    return sum(count * math.log2(len(values) / count) for count in Counter(values).values())
