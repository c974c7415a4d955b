"""The checker of pods finds violations."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.chart.pod_security import violations

RESTRICTED: dict[str, Any] = {
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "tmp", "emptyDir": {}}],
    "containers": [
        {
            "name": "c",
            "ports": [{"containerPort": 8000}],
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
POD: dict[str, dict[str, Any]] = {
    "hostNetwork": {"hostNetwork": True},
    "hostPID": {"hostPID": True},
    "hostIPC": {"hostIPC": True},
    "automountServiceAccountToken": {"automountServiceAccountToken": True},
    "volume host": {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]},
    "c: seccompProfile": {"securityContext": {"runAsNonRoot": True}},
    "c: runAsNonRoot": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
    "pod: runAsUser 0": {"securityContext": {**RESTRICTED["securityContext"], "runAsUser": 0}},
    "sysctl kernel.msgmax": {
        "securityContext": {
            **RESTRICTED["securityContext"],
            "sysctls": [{"name": "kernel.msgmax", "value": "1"}],
        }
    },
}
CONTAINER: dict[str, dict[str, Any]] = {
    "c: privileged": {"privileged": True},
    "c: allowPrivilegeEscalation": {"allowPrivilegeEscalation": True},
    "c: capabilities.drop": {"capabilities": {"drop": ["NET_RAW"]}},
    "c: capabilities.add": {"capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}},
    "c: runAsNonRoot": {"runAsNonRoot": False},
    "c: runAsUser 0": {"runAsUser": 0},
    "c: seccompProfile": {"seccompProfile": {"type": "Unconfined"}},
    "c: readOnlyRootFilesystem": {"readOnlyRootFilesystem": False},
    "c: procMount": {"procMount": "Unmasked"},
}


def test_a_restricted_pod_is_passed() -> None:
    assert violations(RESTRICTED) == []


@pytest.mark.parametrize("problem", POD)
def test_a_planted_violation_of_the_pod_is_found(problem: str) -> None:
    assert violations({**RESTRICTED, **POD[problem]}) == [problem]


@pytest.mark.parametrize("group", ["containers", "initContainers", "ephemeralContainers"])
@pytest.mark.parametrize("problem", CONTAINER)
def test_a_planted_violation_of_a_container_is_found(group: str, problem: str) -> None:
    bad = deepcopy(RESTRICTED["containers"][0])
    bad["securityContext"].update(CONTAINER[problem])
    good = [] if group == "containers" else RESTRICTED["containers"]
    assert violations({**RESTRICTED, "containers": good, group: [bad]}) == [problem]


def test_a_port_of_the_host_is_found() -> None:
    bad = {**RESTRICTED["containers"][0], "ports": [{"containerPort": 80, "hostPort": 80}]}
    assert violations({**RESTRICTED, "containers": [bad]}) == ["c: hostPort"]
