"""The syntax of a webhook URL. Where it may lead is checked at each send, on the resolved addresses."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from gateway_core.domain.errors import GatewayError, bad_request

MAX_URL_LENGTH: Final = 2048
MAX_HOST_LENGTH: Final = 253
MAX_PORT: Final = 65535

# Parsers disagree about backslashes, spaces and control characters: none of them gets in.
_URL_CHARACTERS = re.compile(r"[!-\[\]-~]+")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_AUTHORITY = re.compile(
    rf"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>{_LABEL}(?:\.{_LABEL})*\.?))(?::(?P<port>[0-9]{{1,5}}))?"
)


def check_url(value: object) -> str:
    """An absolute http or https URL of at most 2048 ASCII characters, without user info and fragment.

    Returns it unchanged or raises BAD_REQUEST_ERROR. Nothing is resolved or fetched.
    """
    if not isinstance(value, str):
        raise _refusal("must be a string")
    if len(value) > MAX_URL_LENGTH:
        raise _refusal(f"must be at most {MAX_URL_LENGTH} characters")
    if not _URL_CHARACTERS.fullmatch(value):
        raise _refusal("must be ASCII without spaces and backslashes; percent-encode the rest")
    if not value.lower().startswith(("http://", "https://")):
        raise _refusal("must start with http:// or https://")
    if "#" in value:
        raise _refusal("must not have a fragment")
    _check_authority(value.partition("://")[2])
    return value


def check_https(url: str) -> None:
    """BAD_REQUEST_ERROR for a URL that `check_url` took but that sends bodies and signatures unencrypted."""
    if not url.lower().startswith("https://"):
        raise _refusal("must start with https:// in production")


def _check_authority(rest: str) -> None:
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise _refusal("must not contain user name or password")
    match = _AUTHORITY.fullmatch(authority)
    if match is None or len(match["name"] or "") > MAX_HOST_LENGTH:
        raise _refusal("must have a valid host")
    if match["ipv6"] is not None and not _is_ipv6(match["ipv6"]):
        raise _refusal("must have a valid host")
    if match["port"] is not None and not 1 <= int(match["port"]) <= MAX_PORT:
        raise _refusal("must have a port between 1 and 65535")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _refusal(rule: str) -> GatewayError:
    return bad_request(f"webhook_url {rule}", field="webhook_url")
