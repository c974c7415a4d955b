"""The SSRF deny-list, form by form."""

from __future__ import annotations

import pytest

from webhook_dispatcher.addresses import is_allowed

LOOPBACK_AND_PRIVATE = [
    *("127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"),
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.65.254"),
    *("fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:c0a8:1", "64:ff9b::a00:1"),
]
NEVER = [
    *("0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::"),
    *("169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe"),
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    *("fe80::1", "fe80::1%eth0", "febf::1", "fec0::1"),
    *("100.64.0.1", "100.127.255.254"),
    *("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),
    *("240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1"),
    *("198.18.0.1", "198.19.255.255", "192.88.99.1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1"),
    *("2001:0:7f00:1::", "2001::5601:5601", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1"),
    *("::127.0.0.1", "::7f00:1", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "100::1", "5f00::1", "1::1"),
    *("", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001", "1.2.3.4.5", "1.2.3.4/0"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.255.255", "172.32.0.1", "192.167.255.255", "11.0.0.1"),
    *("100.63.255.255", "100.128.0.1", "169.253.255.255", "169.255.0.1", "198.17.255.255", "223.255.255.255"),
    *("2606:4700:4700::1111", "2a00:1450:4001::1", "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::808:808"),
]


@pytest.mark.parametrize("address", LOOPBACK_AND_PRIVATE)
def test_loopback_and_private_need_leave(address: str) -> None:
    assert not is_allowed(address, allow_private=False)
    assert is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_nothing_makes_these_allowed(address: str) -> None:
    assert not is_allowed(address, allow_private=False)
    assert not is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address, allow_private=False)
