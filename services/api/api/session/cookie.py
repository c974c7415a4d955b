"""The session's cookie (RFC 6265bis): no script reads it, no other site sends it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from gateway_core.domain.sign_in import SESSION_LIFE_S, SESSION_TOKEN_PREFIX

LOCAL_NAME: Final = "gateway_session"
# Browsers take this prefix only with Secure and Path=/, and from no subdomain.
SECURE_NAME: Final = f"__Host-{LOCAL_NAME}"
TOKEN_BYTES: Final = 32
MAX_COOKIE_HEADER_BYTES: Final = 16 * 1024

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]

_TOKEN = re.compile(rf"{SESSION_TOKEN_PREFIX}[A-Za-z0-9_-]{{43}}")


def new_token() -> str:
    """256 random bits, in the letters of a cookie."""
    return SESSION_TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """The 32 bytes under which a session is stored: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode("ascii")).digest()


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """How the cookie is named and written. ``is_secure``: over HTTPS only, as everywhere but on this machine."""

    is_secure: bool

    @property
    def name(self) -> str:
        return SECURE_NAME if self.is_secure else LOCAL_NAME

    def token_of(self, headers: Headers) -> str | None:
        """The session token that a browser sent; None without one, and for several: one of them was planted."""
        sent = b";".join(value for name, value in headers if name == b"cookie")
        if not sent or len(sent) > MAX_COOKIE_HEADER_BYTES:
            return None
        pairs = [pair.partition("=") for pair in sent.decode("latin-1").split(";")]
        tokens = [value.strip() for name, _, value in pairs if name.strip() == self.name]
        return tokens[0] if len(tokens) == 1 and _TOKEN.fullmatch(tokens[0]) else None

    def issue(self, token: str) -> str:
        """The ``Set-Cookie`` of a new session."""
        return self._write(token, SESSION_LIFE_S)

    def clear(self) -> str:
        """The ``Set-Cookie`` that makes the browser forget it."""
        return self._write("", 0)

    def _write(self, value: str, max_age_s: int) -> str:
        secure = "; Secure" if self.is_secure else ""
        return f"{self.name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}"
