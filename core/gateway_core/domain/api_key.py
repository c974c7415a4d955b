"""API keys: their names, overlaps and status."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway_core.domain.errors import GatewayError, bad_request
from gateway_core.domain.text import check_text

KEY_PREFIX: Final = "key_"
API_SECRET_PREFIX: Final = "secret_"  # noqa: S105 -- the part that is no secret
MAX_LIVE_KEYS: Final = 20
MAX_KEY_NAME_LENGTH: Final = 80
MAX_OVERLAP_S: Final = 7 * 86_400
DEFAULT_OVERLAP_S: Final = 86_400


class ApiKeyStatus(StrEnum):
    """The first two are live: they authenticate callers."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def is_live(self) -> bool:
        return self in (ApiKeyStatus.ACTIVE, ApiKeyStatus.EXPIRING)


def key_status(revoked_at: datetime | None, expires_at: datetime | None, now: datetime) -> ApiKeyStatus:
    """The status at ``now``; a revoked key is revoked even if it has expired. Times are aware."""
    if revoked_at is not None:
        return ApiKeyStatus.REVOKED
    if expires_at is None:
        return ApiKeyStatus.ACTIVE
    return ApiKeyStatus.EXPIRING if expires_at > now else ApiKeyStatus.EXPIRED


def check_key_name(value: object) -> str | None:
    """A key's name without surrounding space, None for none; or BAD_REQUEST_ERROR."""
    if value is None:
        return None
    return check_text(value, "name", MAX_KEY_NAME_LENGTH).strip() or None


def check_overlap_s(value: object) -> int:
    """How many seconds a rolled key still works, a day by default; or BAD_REQUEST_ERROR."""
    if value is None:
        return DEFAULT_OVERLAP_S
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_OVERLAP_S:
        raise bad_request(
            f"overlap_seconds must be an integer between 0 and {MAX_OVERLAP_S}", field="overlap_seconds"
        )
    return value


def too_many_keys() -> GatewayError:
    return bad_request(f"At most {MAX_LIVE_KEYS} API keys can be active; revoke one first")


def key_not_active() -> GatewayError:
    """Only an active key can be rolled: an expiring one already has its replacement."""
    return bad_request("API key is not active")
