"""Single strings that merchants and payers send."""

from __future__ import annotations

import re
from typing import Final

from gateway_core.domain.errors import bad_request, invalid_vpa

MAX_VPA_LENGTH: Final = 255

VPA_PATTERN: Final = r"[a-zA-Z0-9._-]+@[a-zA-Z0-9]+"

_VPA = re.compile(VPA_PATTERN)
# PostgreSQL text holds no NUL; UTF-8 has no form for half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_IDEMPOTENCY_KEY = re.compile(r"[ -~]{1,255}")


def check_vpa(text: object) -> str:
    """A UPI address by the contract's pattern, at most 255 characters, or INVALID_VPA."""
    # fullmatch, because `$` would let a trailing newline pass.
    if isinstance(text, str) and len(text) <= MAX_VPA_LENGTH and _VPA.fullmatch(text):
        return text
    raise invalid_vpa()


def check_text(value: object, field: str, max_len: int) -> str:
    """Storable text of at most `max_len` characters, as given, or BAD_REQUEST_ERROR naming `field`."""
    if not isinstance(value, str):
        raise bad_request(f"{field} must be a string", field=field)
    if len(value) > max_len:
        raise bad_request(f"{field} must be at most {max_len} characters", field=field)
    if _UNSTORABLE.search(value):
        raise bad_request(f"{field} must not contain NUL or unpaired surrogate characters", field=field)
    return value


def storable_text(text: str, max_len: int) -> str:
    """The first `max_len` characters of text that cannot be refused; U+FFFD replaces what `check_text` forbids."""
    return _UNSTORABLE.sub("\ufffd", text[:max_len])


def check_idempotency_key(value: object) -> str:
    """1 to 255 printable ASCII characters, or BAD_REQUEST_ERROR."""
    if isinstance(value, str) and _IDEMPOTENCY_KEY.fullmatch(value):
        return value
    raise bad_request("Idempotency-Key must be 1 to 255 printable ASCII characters", field="Idempotency-Key")
