"""The PromQL expressions of rules and dashboards."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "observability"
IN_CHART = ROOT / "helm" / "payment-gateway" / "files" / "observability"
RULES = IN_CHART / "prometheus" / "rules"
DASHBOARDS = IN_CHART / "grafana" / "dashboards"
VARIABLES = {"$__rate_interval": "30s", "$namespace": ".*"}
"""Of the dashboards, and what is put in their place."""

_OWN = re.compile(r"\bgateway_[a-z0-9_]+")
_RECORDED = re.compile(r"\b[a-z_]+:[a-z0-9_]+:[a-z0-9_]+")
_SELECTOR = re.compile(r"(gateway_[a-z0-9_]+)\{([^}]*)\}")
_LABEL = re.compile(r'([a-z_]+)(=~|!~|!=|=)"([^"]*)"')
_THRESHOLD = re.compile(r"\s*[<>]=?\s*[0-9.]+$")


def rules(file: str) -> list[dict[str, Any]]:
    """The rules of a file, group after group."""
    groups = yaml.safe_load((RULES / file).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def boards() -> dict[str, dict[str, Any]]:
    """File name → dashboard."""
    return {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DASHBOARDS.glob("*.json"))
    }


def panels() -> Iterator[tuple[str, str]]:
    """(where, expression) of every panel."""
    for name, board in boards().items():
        for panel in board["panels"]:
            for target in panel.get("targets", ()):
                yield f"{name}: {panel['title']}", target["expr"]


def every_expression() -> dict[str, str]:
    """Where → expression, with values in place of Grafana's variables."""
    found = {f"record {rule['record']}": rule["expr"] for rule in rules("recording.yaml")}
    found |= {f"alert {rule['alert']}": rule["expr"] for rule in rules("alerts.yaml")}
    for number, (where, expr) in enumerate(panels()):
        found[f"{where} ({number})"] = _filled_in(expr)
    return found


def _filled_in(expr: str) -> str:
    for variable, value in VARIABLES.items():
        expr = expr.replace(variable, value)
    return expr


def operands(expr: str) -> list[str]:
    """What an alert looks at, without its threshold: it must be there while nothing is wrong."""
    expected, _, _ = " ".join(expr.split()).partition(" unless ")
    parts = re.split(r"\s(?:and|or)\s(?!vector|on)", expected)
    return [re.sub(r"^absent\((.*)\)$", r"\1", _THRESHOLD.sub("", part)) for part in parts]


def metrics_of(expr: str) -> set[str]:
    """The gateway's own metrics in ``expr``, as they are exported; recorded ones are none."""
    return set(_OWN.findall(_RECORDED.sub("", expr)))


def recorded_in(expr: str) -> set[str]:
    """The recorded series in ``expr``."""
    return set(_RECORDED.findall(expr))


def matchers_of(expr: str) -> list[tuple[str, str, str, str]]:
    """(metric, label, operator, value) of every label that ``expr`` selects by."""
    return [
        (metric, label, operator, value)
        for metric, inside in _SELECTOR.findall(_RECORDED.sub("", expr))
        for label, operator, value in _LABEL.findall(inside)
    ]
