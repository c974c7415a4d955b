"""What must hold of every object, whatever the values."""

from __future__ import annotations

import ipaddress
import json
import re
from collections import Counter
from functools import cache

import jsonschema
import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from tests.chart.custom_resources import SPECS
from tests.chart.pod_security import violations
from tests.chart.render import (
    CHART,
    NAMESPACE,
    VALUE_SETS,
    Object,
    deployed,
    helm,
    named,
    of_kind,
    pods_of,
    render,
    value_files,
)

OLDEST_KUBERNETES = "1.30"
NEWEST_KUBERNETES = kubernetes_validate.latest_version()
DNS_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
CREDENTIAL = re.compile(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL|ENCRYPTION|HEADERS")
EXPECTED_SETS = 12


@pytest.fixture(params=VALUE_SETS)
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return render(request.param)


def test_there_are_enough_value_sets() -> None:
    assert len(VALUE_SETS) >= EXPECTED_SETS


@pytest.mark.parametrize("name", VALUE_SETS)
def test_helm_lints_strictly(name: str) -> None:
    done = helm("lint", "--strict", str(CHART), *value_files(name))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, NEWEST_KUBERNETES])
def test_objects_are_valid_for_kubernetes(objects: list[Object], version: str) -> None:
    for each in objects:
        if (each["apiVersion"], each["kind"]) not in SPECS:
            _validate(json.dumps(each, sort_keys=True), version)


@cache
def _validate(text: str, version: str) -> None:
    """Most objects are the same in most value sets."""
    kubernetes_validate.validate(json.loads(text), version, strict=True)


@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, NEWEST_KUBERNETES])
def test_the_schemas_find_a_misspelt_field(version: str) -> None:
    service = named(render("production"), "Service", "-api")
    misspelt = {**service, "spec": {**service["spec"], "selectr": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(misspelt, version, strict=True)


def test_custom_resources_are_valid(objects: list[Object]) -> None:
    for each in objects:
        if schema := SPECS.get((each["apiVersion"], each["kind"])):
            jsonschema.validate(each["spec"], schema)


def test_names_are_dns_labels_and_told_apart(objects: list[Object]) -> None:
    names = Counter((each["kind"], each["metadata"]["name"]) for each in objects)
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for _, name in names if not DNS_LABEL.fullmatch(name)] == []


def test_stateful_sets_leave_room_for_their_revision_label() -> None:
    for each in of_kind(render("long-names", "evaluation"), "StatefulSet"):
        assert len(each["metadata"]["name"]) <= 63 - len("-0123456789")


def test_everything_is_in_the_namespace_of_the_release(objects: list[Object]) -> None:
    assert {each["metadata"]["namespace"] for each in objects} == {NAMESPACE}


def test_every_pod_is_restricted(objects: list[Object]) -> None:
    found = {pod.owner: violations(pod.spec) for pod in pods_of(objects)}
    assert len(found) > 3
    assert {owner: problems for owner, problems in found.items() if problems} == {}


def test_service_accounts_mount_no_token(objects: list[Object]) -> None:
    assert all(each["automountServiceAccountToken"] is False for each in of_kind(objects, "ServiceAccount"))


def test_the_service_account_of_a_pod_exists_when_the_pod_does(objects: list[Object]) -> None:
    """A hook runs before what is no hook: its account must be one too, and of an earlier weight."""
    accounts = {each["metadata"]["name"]: each["metadata"] for each in of_kind(objects, "ServiceAccount")}
    for each in of_kind(objects, "Job"):
        name = each["spec"]["template"]["spec"]["serviceAccountName"]
        if accounts:
            hook = each["metadata"]["annotations"]
            own = accounts[name]["annotations"]
            assert own["helm.sh/hook"] == hook["helm.sh/hook"]
            assert int(own["helm.sh/hook-weight"]) < int(hook["helm.sh/hook-weight"])
    for pod in pods_of(of_kind(objects, "Deployment", "StatefulSet", "Pod")):
        assert not accounts or pod.spec["serviceAccountName"] in accounts


def test_no_secret_is_made_and_no_credential_written_down(objects: list[Object]) -> None:
    assert of_kind(objects, "Secret") == []
    for pod in pods_of(objects):
        for container in pod.containers():
            plain = [each["name"] for each in container.get("env", ()) if "value" in each]
            assert [name for name in plain if CREDENTIAL.search(name)] == []
            assert len(container.get("env", ())) == len({each["name"] for each in container.get("env", ())})


def test_only_those_get_the_database_who_use_it(objects: list[Object]) -> None:
    for name, pod in deployed(objects).items():
        assert ("DATABASE_URL" in pod.environment()) == (name not in {"checkout", "dashboard"})


def test_selectors_match_their_pods_and_no_others(objects: list[Object]) -> None:
    pods = [pod.labels for pod in pods_of(objects)]
    for each in of_kind(objects, "Deployment", "StatefulSet", "Service", "PodDisruptionBudget"):
        selector = each["spec"]["selector"]
        wanted = selector.get("matchLabels", selector)
        assert sum(wanted.items() <= labels.items() for labels in pods) == 1, each["metadata"]["name"]


def test_services_lead_to_ports_that_exist(objects: list[Object]) -> None:
    ports = {
        pod.component: {port["name"] for port in pod.spec["containers"][0].get("ports", ())}
        for pod in pods_of(objects)
    }
    for each in of_kind(objects, "Service"):
        component = each["spec"]["selector"]["app.kubernetes.io/component"]
        assert {port["targetPort"] for port in each["spec"]["ports"]} <= ports[component]


def test_every_service_has_a_budget_a_spread_and_bounds(objects: list[Object]) -> None:
    deployments = of_kind(objects, "Deployment")
    names = {each["metadata"]["name"] for each in deployments}
    assert {each["metadata"]["name"] for each in of_kind(objects, "PodDisruptionBudget")} == names
    for each in deployments:
        assert each["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        spec = each["spec"]["template"]["spec"]
        topologies = {spread["topologyKey"] for spread in spec["topologySpreadConstraints"]}
        assert topologies == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
        assert all("memory" in container["resources"]["limits"] for container in spec["containers"])


def test_network_blocks_are_networks(objects: list[Object]) -> None:
    """`except` must lie within its `cidr`, or the API server refuses the policy; a schema cannot see that."""
    for policy in of_kind(objects, "NetworkPolicy"):
        peers = [peer for rule in policy["spec"].get("egress", ()) for peer in rule["to"]]
        for block in (peer["ipBlock"] for peer in peers if "ipBlock" in peer):
            outer = ipaddress.ip_network(block["cidr"])
            for text in block.get("except", ()):
                inner = ipaddress.ip_network(text)
                assert outer.supernet_of(inner)  # type: ignore[arg-type]
                assert outer != inner
