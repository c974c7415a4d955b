"""Who may speak to whom, and that webhooks leave for public addresses only."""

from __future__ import annotations

import ipaddress

import pytest

from tests.chart.render import VALUE_SETS, Object, deployed, named, of_kind, pods_of, render
from webhook_dispatcher.addresses import is_allowed

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.255.255", "223.255.255.254",
          "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]  # fmt: skip
NOT_PUBLIC = [
    "0.0.0.1", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "168.63.129.16", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::1",
    "3fff::1", "fec0::1", "100::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
]  # fmt: skip


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
    where = ipaddress.ip_address(address)
    blocks = [peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer]
    return any(
        where in ipaddress.ip_network(block["cidr"])
        and not any(where in ipaddress.ip_network(inner) for inner in block.get("except", ()))
        for block in blocks
    )


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


@pytest.mark.parametrize("address", PUBLIC)
def test_the_dispatcher_reaches_public_addresses(address: str) -> None:
    rule = _public_rule(_policies(render("production"))["webhook-dispatcher"])
    assert _lets_out(rule, address)
    assert is_allowed(address, allow_private=False)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_the_dispatcher_reaches_nothing_else(address: str) -> None:
    """The policy and the dispatcher's own judgement agree; either alone would do."""
    rule = _public_rule(_policies(render("production"))["webhook-dispatcher"])
    assert not _lets_out(rule, address)
    assert not is_allowed(address, allow_private=False)


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
