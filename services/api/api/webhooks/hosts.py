"""Hosts that a production gateway is not even configured to call. The sender judges resolved addresses itself."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from gateway_core.domain.errors import bad_request

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# RFC 6761, RFC 6762, RFC 8375, and the private top-level domain.
_LOCAL_NAME: Final = re.compile(r"(?:.+\.)?(?:localhost|local|internal|home\.arpa)")
# Networks whose last or middle bits are an IPv4 address (RFC 6052, RFC 4291).
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


def check_public_host(url: str) -> None:
    """BAD_REQUEST_ERROR if the host of a checked URL is, without asking anyone, this machine or a private one."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    address = _literal(host)
    private = _LOCAL_NAME.fullmatch(host) is not None if address is None else not _is_public(address)
    if private:
        raise bad_request("webhook_url must not lead to a local or private host", field="webhook_url")


def _literal(host: str) -> Address | None:
    """The address that ``host`` spells, in any of the forms that resolvers take (127.1, 0x7f000001, 2130706433)."""
    if ":" in host:
        return ipaddress.IPv6Address(host)
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _is_public(address: Address) -> bool:
    inner = _embedded(address)
    if inner is not None:
        return _is_public(inner)
    return address.is_global and not address.is_multicast


def _embedded(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one leads to; the standard library calls many of these global."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(address.packed[-4:])
    if address.teredo is not None:
        return address.teredo[1]
    if address in _COMPATIBLE and int(address) > 1:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
