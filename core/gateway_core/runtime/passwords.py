"""Password hashing. Needs the package argon2-cffi, which only the API and the operator's command install."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY


def password_hasher() -> PasswordHasher:
    """Argon2id with RFC 9106's second recommended parameters: a hash takes 64 MiB and four threads."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
