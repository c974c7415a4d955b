"""The chart as `helm template` renders it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from gateway_core.testing.processes import find_program

ROOT: Final = Path(__file__).resolve().parents[2]
CHART: Final = ROOT / "helm" / "payment-gateway"
VALUE_SETS: Final = sorted(path.name.removesuffix("-values.yaml") for path in CHART.glob("ci/*-values.yaml"))
RELEASE: Final = "shop"
NAMESPACE: Final = "payments"
HELM_TIMEOUT_S: Final = 60
PROMTOOL: Final = find_program("promtool")
MISSING: Final = "THE CHART IS NOT TESTED: no helm 4; install it, on PATH or named by HELM"

Object: TypeAlias = dict[str, Any]


@cache
def helm_program() -> str | None:
    """The helm that HELM names, else a helm 4 on PATH or beside Python: helm 3 words its refusals differently."""
    named = os.environ.get("HELM")
    beside = str(Path(sys.executable).parent / "helm")
    return named or next(
        (each for each in (shutil.which("helm"), shutil.which(beside)) if _is_current(each)), None
    )


def _is_current(program: str | None) -> bool:
    if program is None:
        return False
    said = subprocess.run(
        [program, "version", "--short"], capture_output=True, text=True, timeout=HELM_TIMEOUT_S, check=False
    )
    return said.stdout.startswith("v4.")


def helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The finished command, whatever its exit code."""
    program = helm_program()
    assert program is not None  # conftest skips every test without one
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=HELM_TIMEOUT_S, check=False
    )


def promtool(*arguments: str) -> None:
    """AssertionError with what it said when it fails."""
    assert PROMTOOL is not None  # tests that need it skip without
    done = subprocess.run(
        [PROMTOOL, *arguments], capture_output=True, text=True, timeout=HELM_TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def value_files(*sets: str) -> list[str]:
    """`-f` for the value sets of those names."""
    return [text for name in sets for text in ("-f", str(CHART / "ci" / f"{name}-values.yaml"))]


@cache
def render(*sets: str, chart: Path = CHART, options: Sequence[str] = ()) -> list[Object]:
    """Every object of the chart under the value sets; `options` go to helm as they are."""
    done = helm("template", RELEASE, str(chart), "--namespace", NAMESPACE, *value_files(*sets), *options)
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.load_all(done.stdout, yaml.CSafeLoader) if document]


def of_kind(objects: Sequence[Object], *kinds: str) -> list[Object]:
    return [each for each in objects if each["kind"] in kinds]


def named(objects: Sequence[Object], kind: str, suffix: str) -> Object:
    """The one object of `kind` whose name ends so."""
    (found,) = [each for each in of_kind(objects, kind) if each["metadata"]["name"].endswith(suffix)]
    return found


@dataclass(frozen=True)
class PodOf:
    """A pod, or the template that makes pods, and what it belongs to."""

    owner: str
    component: str
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Object

    def containers(self) -> list[Object]:
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    def environment(self) -> dict[str, str]:
        """Variable -> value in the main container; what comes from a Secret reads `<secret>/<key>`."""
        return {each["name"]: _value(each) for each in self.spec["containers"][0].get("env", ())}


def _value(variable: Object) -> str:
    if "value" in variable:
        return str(variable["value"])
    source = variable["valueFrom"]["secretKeyRef"]
    return f"{source['name']}/{source['key']}"


def pods_of(objects: Sequence[Object]) -> Iterator[PodOf]:
    """Pods of Deployments, StatefulSets and Jobs, and pods that stand alone: hooks and tests are among them."""
    for each in of_kind(objects, "Deployment", "StatefulSet", "Job", "Pod"):
        template = each if each["kind"] == "Pod" else each["spec"]["template"]
        metadata = template["metadata"]
        yield PodOf(
            owner=f"{each['kind']}/{each['metadata']['name']}",
            component=metadata["labels"]["app.kubernetes.io/component"],
            labels=metadata["labels"],
            annotations=metadata.get("annotations", {}),
            spec=template["spec"],
        )


def deployed(objects: Sequence[Object]) -> dict[str, PodOf]:
    """Service -> its pods."""
    return {pod.component: pod for pod in pods_of(of_kind(objects, "Deployment"))}
