"""Addresses a webhook may be sent to: a merchant must not reach what only the gateway can reach (SSRF).

The one table for the API (a configured host), the dispatcher (every resolved address) and the chart's egress policy.
It follows the IANA special-purpose registries (RFC 6890) and the clouds' documentation. ``ipaddress.is_global`` is not
enough: it takes the NAT64 and 6to4 forms of 127.0.0.1 and 169.254.169.254 for public.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from gateway_core.domain.errors import bad_request

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(map(ip_network, texts))


METADATA: Final = _networks(
    "100.100.100.200/32",  # Alibaba Cloud
    "168.63.129.16/32",  # Azure; a public address
    "169.254.0.0/16",  # link-local: every other cloud
    "192.0.0.192/32",  # Oracle Cloud
    "fd00:ec2::/32",  # AWS
    "fd20:ce::/32",  # Google Cloud
)
"""Answers with the machine's own credentials: never allowed, not even in a local evaluation."""

PRIVATE: Final = _networks(
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"
)
"""Where a developer's receiver listens, host.docker.internal included."""

RESERVED: Final = _networks(
    "0.0.0.0/8",  # "this network"; Linux connects 0.0.0.0 to itself
    "100.64.0.0/10",  # carrier-grade NAT
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # 6to4 relays
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
    "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: carries any IPv4 address
    "3fff::/20",  # documentation
)

GLOBAL_IPV6: Final = IPv6Network("2000::/3")
"""The rest of IPv6 is loopback, local, multicast, deprecated or not assigned (RFC 4291), but for ``NAT64``."""

NAT64: Final = IPv6Network("64:ff9b::/96")
"""Its last 32 bits are the IPv4 address that is reached (RFC 6052)."""

# RFC 6761, RFC 6762, RFC 8375, and the private top-level domain.
_LOCAL_NAME: Final = re.compile(r"(?:.+\.)?(?:localhost|local|internal|home\.arpa)")
_NUMBER: Final = re.compile(r"0[xX](?P<hex>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9][0-9]*)")


def is_allowed(address: str | Address, *, allow_private: bool) -> bool:
    """Whether a connection to ``address`` may carry a webhook; False for text that is no address.

    IPv4 inside IPv6 (mapped, NAT64) counts as that IPv4. ``allow_private`` adds the ``PRIVATE`` networks.
    """
    try:
        reached = _reached(ip_address(address))
    except ValueError:
        return False
    if _within(reached, METADATA):
        return False
    if _within(reached, PRIVATE):
        return allow_private
    if isinstance(reached, IPv6Address) and reached not in GLOBAL_IPV6:
        return False
    return not _within(reached, RESERVED)


def check_webhook_host(url: str, *, allow_private: bool) -> None:
    """BAD_REQUEST_ERROR if the host of a URL that ``check_url`` took is an address or name that is never sent to.

    Nothing is resolved. ``allow_private`` adds local names and the ``PRIVATE`` networks.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    address = literal_address(host)
    if address is None:
        allowed = allow_private or not _LOCAL_NAME.fullmatch(host)
    else:
        allowed = is_allowed(address, allow_private=allow_private)
    if not allowed:
        raise bad_request("webhook_url must not lead to a local or private host", field="webhook_url")


def literal_address(host: str) -> Address | None:
    """The address that ``host`` spells in any form that getaddrinfo takes (``127.1``, ``0x7f000001``, ``2130706433``).

    None for a name. ``host`` is as in a URL, without brackets; raises ValueError for text with a colon that is no IPv6.
    """
    if ":" in host:
        return IPv6Address(host)
    numbers = [_number(part) for part in host.split(".")]
    *leading, last = numbers
    if len(numbers) > 4 or any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    return IPv4Address(sum(number << 24 - 8 * place for place, number in enumerate(leading)) + last)


def _number(text: str) -> int:
    """Decimal, octal (0…) or hexadecimal (0x…) as inet_aton reads it; a number too large for any place otherwise."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return 1 << 32
    base = {"hex": 16, "octal": 8}.get(match.lastgroup or "", 10)
    return int(match[match.lastgroup or 0], base)


def _reached(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
