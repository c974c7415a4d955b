"""Hosts that a production gateway is not even configured to call."""

from __future__ import annotations

import pytest

from api.webhooks.hosts import check_public_host
from gateway_core.domain.errors import GatewayError


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST", "localhost.", "app.localhost", "printer.local", "host.docker.internal",
        "router.home.arpa", "127.0.0.1", "127.1", "127.0.0.1.", "0x7f000001", "0x7f.1", "2130706433", "017700000001",
        "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:db8::1]",
    ],
)  # fmt: skip
def test_local_and_private_hosts_are_refused(host: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_public_host(f"http://{host}:8080/hook")
    assert refusal.value.field == "webhook_url"
    assert host not in refusal.value.description


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "mylocal",
        "8.8.8.8",
        "[2606:4700::1111]",
        "[::ffff:8.8.8.8]",
        "10.example",
    ],
)
def test_public_hosts_pass(host: str) -> None:
    check_public_host(f"https://{host}/hook")
