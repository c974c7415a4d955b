"""Signing in to the dashboard: throttling of attempts (NIST SP 800-63B, 5.2.2) and rules for passwords."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, TypeAlias

from gateway_core.domain.errors import bad_request
from gateway_core.domain.text import check_text

SESSION_TOKEN_PREFIX: Final = "gwsess_"  # noqa: S105 -- the part that is no secret
SESSION_LIFE_S: Final = 12 * 3600
SESSION_IDLE_S: Final = 2 * 3600
SESSION_TOUCH_S: Final = 60
MAX_SESSIONS: Final = 100
"""Of one merchant; another sign-in ends the oldest session."""
MAX_EMAIL_LENGTH: Final = 254
MAX_PASSWORD_LENGTH: Final = 1024
MIN_PASSWORD_LENGTH: Final = 12
MAX_NAME_LENGTH: Final = 255
IPV6_SITE_BITS: Final = 64

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Throttle:
    """After ``free`` failures every further one doubles the wait, from ``first_wait_s`` up to ``max_wait_s``."""

    free: int
    first_wait_s: int
    max_wait_s: int
    forget_after_s: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Consecutive failed attempts and the time of the last one. An attempt counts as failed until it succeeds."""

    count: int
    last_at: datetime


# At the longest wait an account allows 96 guesses a day; NIST SP 800-63B allows 100 consecutive ones.
ACCOUNT_THROTTLE: Final = Throttle(free=5, first_wait_s=5, max_wait_s=900, forget_after_s=86_400)
# Many people may share an address.
ADDRESS_THROTTLE: Final = Throttle(free=30, first_wait_s=5, max_wait_s=900, forget_after_s=3_600)


def wait_s(throttle: Throttle, failures: Failures, now: datetime) -> int:
    """Whole seconds until the next attempt is accepted; 0 is now."""
    over = failures.count - throttle.free
    if over < 0 or _forgotten(throttle, failures, now):
        return 0
    # Doubling stops long before the number grows beyond any use.
    wait = min(throttle.first_wait_s * 2 ** min(over, 32), throttle.max_wait_s)
    return max(0, ceil((failures.last_at + timedelta(seconds=wait) - now).total_seconds()))


def count_try(throttle: Throttle, failures: Failures, now: datetime) -> Failures:
    """With one more attempt, which began at ``now``."""
    return Failures(1 if _forgotten(throttle, failures, now) else failures.count + 1, now)


def _forgotten(throttle: Throttle, failures: Failures, now: datetime) -> bool:
    return now - failures.last_at >= timedelta(seconds=throttle.forget_after_s)


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address that attempts are counted for: the nearest that is no trusted proxy's, IPv6 as its /64.

    ``forwarded_for`` are the entries of ``X-Forwarded-For``, the nearest last; an entry counts only when the hop
    after it is trusted. Text that is no address counts as the hop that reported it.
    """
    found = peer
    for entry in reversed(forwarded_for):
        if not _is_trusted(found, trusted) or _address(entry) is None:
            break
        found = entry
    address = _address(found)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_SITE_BITS), strict=False))
    return found if address is None else str(address)


def parse_networks(text: str) -> list[Network]:
    """Addresses and CIDR networks between commas; raises ValueError."""
    return [ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip()]


def check_email(value: object) -> str:
    """The e-mail address of a sign-in, in lower case, or BAD_REQUEST_ERROR."""
    if not value:
        raise bad_request("email is required", field="email")
    return check_text(value, "email", MAX_EMAIL_LENGTH).strip().lower()


def check_password(value: object) -> str:
    """The password of a sign-in, in NFC, or BAD_REQUEST_ERROR."""
    if not value:
        raise bad_request("password is required", field="password")
    return normal_password(check_text(value, "password", MAX_PASSWORD_LENGTH))


def check_new_password(password: str) -> str:
    """A password to be set, in NFC, or BAD_REQUEST_ERROR. Length is the one rule (NIST SP 800-63B, 5.1.1.2)."""
    normal = normal_password(check_text(password, "password", MAX_PASSWORD_LENGTH))
    if len(normal) < MIN_PASSWORD_LENGTH:
        raise bad_request(f"password must be at least {MIN_PASSWORD_LENGTH} characters", field="password")
    return normal


def check_new_email(email: str) -> str:
    """An e-mail address to be set, in lower case, or BAD_REQUEST_ERROR. Whether it exists is not checked."""
    text = check_text(email, "email", MAX_EMAIL_LENGTH).strip().lower()
    name, at, host = text.rpartition("@")
    if not (name and at and host) or any(character.isspace() for character in text):
        raise bad_request("email must be an e-mail address", field="email")
    return text


def normal_password(password: str) -> str:
    """A password in NFC, since keyboards compose the same characters differently (RFC 8265, 4.2.2)."""
    return unicodedata.normalize("NFC", password)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_trusted(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)
