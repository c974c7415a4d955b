"""Which addresses a webhook may be sent to: a merchant must not reach what only the gateway can reach (SSRF).

The list is our own, after the IANA special-purpose registries (RFC 6890) and the clouds' documentation:
``ipaddress.is_global`` lets the NAT64 and 6to4 forms of 127.0.0.1 and 169.254.169.254 pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_METADATA: Final = tuple(
    map(
        ip_network,
        (
            "100.100.100.200/32",  # Alibaba Cloud
            "168.63.129.16/32",  # Azure; a public address
            "169.254.0.0/16",  # everyone else's
            "192.0.0.192/32",  # Oracle Cloud
            "fd00:ec2::/32",  # AWS
            "fd20:ce::/32",  # Google Cloud
        ),
    )
)
"""Answers with the machine's own credentials: never allowed, not even in a local evaluation."""

_PRIVATE: Final = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)
"""Where a developer's receiver listens, host.docker.internal included."""

_SPECIAL: Final = tuple(
    map(
        ip_network,
        (
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
        ),
    )
)

_NAT64: Final = IPv6Network("64:ff9b::/96")
# Everything else of IPv6 is loopback, local, multicast, deprecated or not assigned (RFC 4291).
_IPV6_UNICAST: Final = IPv6Network("2000::/3")


def is_allowed(address: str, *, allow_private: bool) -> bool:
    """Whether ``address``, in the form that is about to be connected to, may receive a webhook.

    IPv4 inside IPv6 (mapped, NAT64) is judged as that IPv4. ``allow_private`` adds loopback and private networks.
    """
    try:
        judged = _without_ipv6(ip_address(address))
    except ValueError:
        return False
    if _within(judged, _METADATA):
        return False
    if _within(judged, _PRIVATE):
        return allow_private
    if isinstance(judged, IPv6Address) and judged not in _IPV6_UNICAST:
        return False
    return not _within(judged, _SPECIAL)


def _without_ipv6(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
