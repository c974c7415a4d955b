"""Which pods may connect to which, and that webhooks go to public addresses only."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from gateway_core.domain.addresses import GLOBAL_IPV6, METADATA, NAT64, PRIVATE, RESERVED
from gateway_core.testing import special_addresses
from tests.chart.render import VALUE_SETS, Object, deployed, named, of_kind, pods_of, render


def _policies(objects: list[Object]) -> dict[str, Object]:
    """Component -> the policy that selects its pods alone."""
    component = "app.kubernetes.io/component"
    selected = {
        each["spec"]["podSelector"]["matchLabels"].get(component): each["spec"]
        for each in of_kind(objects, "NetworkPolicy")
    }
    return {name: spec for name, spec in selected.items() if name}


def _blocks(spec: Object) -> list[Object]:
    return [peer["ipBlock"] for rule in spec.get("egress", ()) for peer in rule["to"] if "ipBlock" in peer]


def _lets_out(rule: Object, address: str) -> bool:
    """Whether packets to ``address`` pass; those to an IPv4-mapped one travel as IPv4."""
    where = ipaddress.ip_address(address)
    where = getattr(where, "ipv4_mapped", None) or where
    blocks = [peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer]
    return any(
        where in ipaddress.ip_network(block["cidr"])
        and not any(where in ipaddress.ip_network(inner) for inner in block.get("except", ()))
        for block in blocks
    )


def _collapsed(networks: Iterable[object]) -> list[object]:
    parsed: list[Any] = [ipaddress.ip_network(str(each)) for each in networks]
    return list(ipaddress.collapse_addresses(parsed))


def _public_rule(spec: Object) -> Object:
    (rule,) = [
        each for each in spec["egress"] if any(peer.get("ipBlock", {}).get("except") for peer in each["to"])
    ]
    return dict(rule)


@pytest.mark.parametrize("values", [name for name in VALUE_SETS if name != "minimal"])
def test_what_no_policy_names_is_denied(values: str) -> None:
    objects = render(values)
    default = named(objects, "NetworkPolicy", "-default")["spec"]
    assert default["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in default
    assert {port["port"] for rule in default["egress"] for port in rule["ports"]} == {53}
    for pod in pods_of(objects):
        assert default["podSelector"]["matchLabels"].items() <= pod.labels.items()


def test_policies_can_be_left_to_others() -> None:
    assert of_kind(render("minimal"), "NetworkPolicy") == []


def test_the_dispatcher_reaches_public_addresses_alone() -> None:
    """The policy and the dispatcher's own judgement agree; either alone would do."""
    rule = _public_rule(_policies(render("production"))["webhook-dispatcher"])
    special = [*special_addresses.PUBLIC, *special_addresses.PRIVATE, *special_addresses.BLOCKED]
    assert {each for each in special if _lets_out(rule, each)} == set(special_addresses.PUBLIC)


def test_the_policy_excepts_the_networks_of_the_table() -> None:
    rule = _public_rule(_policies(render("production"))["webhook-dispatcher"])
    blocks = {peer["ipBlock"]["cidr"]: peer["ipBlock"]["except"] for peer in rule["to"]}
    blocked = [*METADATA, *PRIVATE, *RESERVED]
    ipv4 = [each for each in blocked if isinstance(each, ipaddress.IPv4Network)]
    ipv6 = [
        each for each in blocked if isinstance(each, ipaddress.IPv6Network) and each.subnet_of(GLOBAL_IPV6)
    ]
    nat64 = [
        ipaddress.IPv6Network((int(NAT64.network_address) + int(each.network_address), 96 + each.prefixlen))
        for each in ipv4
    ]
    expected: dict[str, Sequence[object]] = {"0.0.0.0/0": ipv4, str(GLOBAL_IPV6): ipv6, str(NAT64): nat64}
    assert {cidr: _collapsed(excepted) for cidr, excepted in blocks.items()} == {
        cidr: _collapsed(networks) for cidr, networks in expected.items()
    }


def test_private_networks_are_reached_on_the_ports_of_databases_only() -> None:
    spec = _policies(render("production"))["webhook-dispatcher"]
    private = [rule for rule in spec["egress"] if _lets_out(rule, "10.1.2.3")]
    assert sorted(port["port"] for rule in private for port in rule["ports"]) == [
        5432,
        6379,
        6380,
        26379,
    ]


def test_no_other_service_reaches_the_internet() -> None:
    for values in VALUE_SETS:
        for name, spec in _policies(render(values)).items():
            open_to_all = any(block["cidr"] in {"0.0.0.0/0", "2000::/3", "::/0"} for block in _blocks(spec))
            assert open_to_all == (name in {"webhook-dispatcher", "worker"}), (values, name)


def test_ports_and_own_networks_narrow_it() -> None:
    rule = _public_rule(_policies(render("pinned"))["webhook-dispatcher"])
    assert [port["port"] for port in rule["ports"]] == [443]
    assert not _lets_out(rule, "198.51.101.1")
    assert not _lets_out(rule, "2a00:1234::1")


@pytest.mark.parametrize("site", ["checkout", "dashboard"])
def test_sites_call_the_api_and_are_let_in(site: str) -> None:
    policies = _policies(render("production"))
    (out,) = policies[site]["egress"]
    api = deployed(render("production"))["api"]
    assert out["to"][0]["podSelector"]["matchLabels"].items() <= api.labels.items()
    site_labels = deployed(render("production"))[site].labels
    (into,) = [rule for rule in policies["api"]["ingress"] if rule["ports"] == out["ports"]]
    peers = [peer["podSelector"]["matchLabels"] for peer in into["from"] if "podSelector" in peer]
    assert any(peer.items() <= site_labels.items() for peer in peers)


def test_metrics_are_for_monitoring_and_the_test_pod() -> None:
    for name, spec in _policies(render("production")).items():
        for rule in spec.get("ingress", ()):
            if rule["ports"] == [{"protocol": "TCP", "port": 9100}]:
                spaces = [peer["namespaceSelector"] for peer in rule["from"] if "namespaceSelector" in peer]
                assert spaces == [{"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}], name


def test_bundled_servers_take_the_place_of_addresses() -> None:
    policies = _policies(render("evaluation"))
    assert _blocks(policies["api"]) == []
    wanted = {"postgresql": 5432, "redis": 6379}
    for name, port in wanted.items():
        assert [each["port"] for each in policies[name]["ingress"][0]["ports"]] == [port]
        assert "egress" not in policies[name]
