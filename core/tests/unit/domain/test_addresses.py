"""Which addresses a webhook may be sent to, as resolved and as a merchant writes them."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.addresses import check_webhook_host, is_allowed, literal_address
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.testing.special_addresses import BLOCKED, PRIVATE, PUBLIC

LOOPBACK_NAMES = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "app.localhost",
    "printer.local",
    "router.home.arpa",
)
LOOPBACK_SPELLINGS = (
    *("127.1", "127.0.1", "127.0.0.1.", "127.0.0.01", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "2130706433"),
    *("0177.0.0.1", "017700000001", "00000177.0.0.1", "10.1", "0xa000001", "012.0.0.1", "192.168.257"),
)
BLOCKED_SPELLINGS = ("0", "0x0", "0xa9fea9fe", "2852039166", "169.254.43518", "4294967295")
NO_ADDRESSES = (
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "1.2.3.4.5",
    "1.2.3.4/0",
)
NUMBERS = st.integers(0, 300) | st.integers(0, 70_000) | st.integers(0, 2**33)
PARTS = st.builds("{1}{0:{2}}".format, NUMBERS, st.sampled_from(["", "0", "0x"]), st.sampled_from("dox"))


def is_accepted(host: str, *, allow_private: bool) -> bool:
    url = f"https://{f'[{host}]' if ':' in host else host}:8080/hook"
    try:
        check_webhook_host(url, allow_private=allow_private)
    except GatewayError as refusal:
        return (refusal.code, refusal.field) != (ErrorCode.BAD_REQUEST_ERROR, "webhook_url")
    return True


@pytest.mark.parametrize("allow_private", [False, True])
def test_configuring_and_connecting_agree(allow_private: bool) -> None:
    allowed = {*PUBLIC, *PRIVATE} if allow_private else {*PUBLIC}
    special = [*PUBLIC, *PRIVATE, *BLOCKED]
    assert len(special) >= 40
    assert {host for host in special if is_allowed(host, allow_private=allow_private)} == allowed
    assert {host for host in special if is_accepted(host, allow_private=allow_private)} == allowed


@pytest.mark.parametrize("text", [*NO_ADDRESSES, "fe80::1%eth0"])
def test_text_that_is_no_resolved_address_is_not_allowed(text: str) -> None:
    assert not is_allowed(text, allow_private=True)


@pytest.mark.parametrize("host", [*LOOPBACK_NAMES, *LOOPBACK_SPELLINGS, "host.docker.internal"])
def test_local_hosts_in_any_spelling_are_for_a_local_evaluation(host: str) -> None:
    assert not is_accepted(host, allow_private=False)
    assert is_accepted(host, allow_private=True)


@pytest.mark.parametrize("host", BLOCKED_SPELLINGS)
def test_blocked_addresses_are_refused_in_any_spelling(host: str) -> None:
    assert not is_accepted(host, allow_private=True)


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com", "mylocal", "134744072", "10.example"]
)
def test_other_hosts_are_accepted(host: str) -> None:
    assert is_accepted(host, allow_private=False)


@given(st.lists(PARTS, min_size=1, max_size=5).map(".".join))
def test_literals_are_read_as_the_c_library_reads_them(host: str) -> None:
    try:
        expected = IPv4Address(socket.inet_aton(host))
    except OSError:
        expected = None
    assert literal_address(host) == expected
