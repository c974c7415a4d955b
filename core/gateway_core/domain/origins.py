"""Web origins (RFC 6454): which sites may frame a checkout, and from where a browser may call."""

from __future__ import annotations

import re
from typing import Final

from gateway_core.domain.errors import GatewayError, bad_request

MAX_ALLOWED_ORIGINS: Final = 20
MAX_HOST_LENGTH: Final = 253
MAX_PORT: Final = 65535
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# What a Content-Security-Policy takes as a host: no underscores, no IPv6 (CSP level 3, host-part).
_ORIGIN = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([0-9]{{1,5}}))?")


def parse_origin(text: str) -> tuple[str, str, int | None]:
    """(scheme, host, port) of an http or https origin; port None is the scheme's own. Raises ValueError."""
    match = _ORIGIN.fullmatch(text.lower())
    if match is None or len(match[2]) > MAX_HOST_LENGTH:
        raise ValueError("must be an origin: scheme, host and an optional port, without a path")
    port = None if match[3] is None else int(match[3])
    if port is not None and not 1 <= port <= MAX_PORT:
        raise ValueError("must have a port between 1 and 65535")
    return match[1], match[2], None if port == _DEFAULT_PORTS[match[1]] else port


def write_origin(scheme: str, host: str, port: int | None) -> str:
    """An origin as browsers write it in the `Origin` header."""
    return f"{scheme}://{host}" if port is None else f"{scheme}://{host}:{port}"


def check_allowed_origins(value: object) -> list[str]:
    """At most 20 exact https origins (http only for this machine), each once, as browsers write them.

    Raises BAD_REQUEST_ERROR. Wildcards are refused: every site that may frame a checkout is listed.
    """
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _refusal("must be a list of strings")
    if len(value) > MAX_ALLOWED_ORIGINS:
        raise _refusal(f"must be at most {MAX_ALLOWED_ORIGINS}")
    return list(dict.fromkeys(_check_allowed(each) for each in value))


def _check_allowed(text: str) -> str:
    try:
        scheme, host, port = parse_origin(text)
    except ValueError:
        raise _refusal("must be origins like https://shop.example, without paths and wildcards") from None
    if scheme == "http" and host not in LOOPBACK_HOSTS:
        raise _refusal("must start with https:// (http:// only for localhost and 127.0.0.1)")
    return write_origin(scheme, host, port)


def _refusal(rule: str) -> GatewayError:
    return bad_request(f"allowed_origins {rule}", field="allowed_origins")
