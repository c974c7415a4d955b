"""The Pod Security Standard "restricted", with all of "baseline" that a pod template can violate.

Source: kubernetes.io, Pod Security Standards. Beyond it: a read-only root file system and no token of the API server.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.chart.render import Object

ALLOWED_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
}  # fmt: skip
SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(spec: Object) -> list[str]:
    """What a pod's spec does that the standard forbids; empty for a restricted one."""
    return [*_of_pod(spec), *(problem for each in _containers(spec) for problem in _of_container(each, spec))]


def _containers(spec: Object) -> Iterator[Object]:
    for group in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(group, ())


def _of_pod(spec: Object) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield field
    if spec.get("automountServiceAccountToken") is not False:
        yield "automountServiceAccountToken"
    security = spec.get("securityContext", {})
    if security.get("runAsUser") == 0:
        yield "pod: runAsUser 0"
    for sysctl in security.get("sysctls", ()):
        if sysctl["name"] not in SAFE_SYSCTLS:
            yield f"sysctl {sysctl['name']}"
    for volume in spec.get("volumes", ()):
        if not set(volume) - {"name"} <= ALLOWED_VOLUMES:
            yield f"volume {volume['name']}"


def _of_container(container: Object, spec: Object) -> Iterator[str]:
    name = container["name"]
    own = container.get("securityContext", {})
    effective = {**spec.get("securityContext", {}), **own}
    capabilities = own.get("capabilities", {})
    checks = {
        "privileged": not own.get("privileged"),
        "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
        "capabilities.drop": "ALL" in capabilities.get("drop", ()),
        "capabilities.add": set(capabilities.get("add", ())) <= {"NET_BIND_SERVICE"},
        "runAsNonRoot": effective.get("runAsNonRoot") is True,
        "runAsUser 0": own.get("runAsUser") != 0,
        "seccompProfile": effective.get("seccompProfile", {}).get("type") in SECCOMP,
        "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
        "procMount": own.get("procMount", "Default") == "Default",
        "hostPort": not any(port.get("hostPort") for port in container.get("ports", ())),
    }
    yield from (f"{name}: {check}" for check, holds in checks.items() if not holds)
