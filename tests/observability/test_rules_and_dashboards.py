"""Rules, alerts, runbooks and dashboards agree with each other and with the exported metrics."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
from pathlib import Path

import pytest

import api.app
import worker.app
from gateway_core.runtime.metrics import REGISTRY
from tests.observability.expressions import (
    OBSERVABILITY,
    ROOT,
    RULES,
    boards,
    every_expression,
    matchers_of,
    metrics_of,
    recorded_in,
    rules,
)
from tests.observability.prometheus import Programs

EXPRESSIONS = every_expression()
PROMTOOL_TIMEOUT_S = 120
# What a label may be called. Their values are closed sets: names of queues, routes, kinds, outcomes.
LABELS = {
    "answer",
    "call",
    "component",
    "event",
    "fault",
    "kind",
    "method",
    "outcome",
    "queue",
    "route",
    "stage",
    "state",
    "status",
    "version",
    "view",
    "what",
    "why",
}
OF_THE_SCRAPE = "namespace"
"""A label that Prometheus adds: which installation it is."""
OF_ONE = ("merchant", "payment_id", "order_id", "url", "endpoint", "host", "email", "key")
HEADINGS = ("## What it means", "## What to look at", "## What to do")

DECLARING = (api.app, worker.app)
"""Their imports declare the metrics."""


def _declared() -> dict[str, tuple[str, ...]]:
    """Name of a metric or of one of its parts → its labels."""
    declared: dict[str, tuple[str, ...]] = {}
    for collector, names in REGISTRY._collector_to_names.items():
        for family in collector.describe() if hasattr(collector, "describe") else ():
            labels: tuple[str, ...] = getattr(collector, "_labelnames", getattr(family, "_labelnames", ()))
            declared |= {name: tuple(labels) for name in names}
    return declared


DECLARED = _declared()


def _promtool(programs: Programs, *arguments: str | Path) -> None:
    done = subprocess.run(
        [programs.promtool, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=PROMTOOL_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_accepts_its_configuration(programs: Programs) -> None:
    _promtool(programs, "check", "config", OBSERVABILITY / "prometheus" / "prometheus.yml")
    _promtool(programs, "check", "rules", "--lint-fatal", *sorted(RULES.glob("*.yaml")))


def test_rules_do_what_their_unit_tests_say(programs: Programs) -> None:
    _promtool(programs, "test", "rules", *sorted((OBSERVABILITY / "tests").glob("*.yaml")))


def test_every_alert_is_seen_to_fire_and_to_be_quiet() -> None:
    text = (OBSERVABILITY / "tests" / "alerts.yaml").read_text(encoding="utf-8")
    for rule in rules("alerts.yaml"):
        assert f"name: {rule['alert']} fires\n" in text
        assert f"name: {rule['alert']} is quiet\n" in text


@pytest.mark.parametrize("rule", rules("alerts.yaml"), ids=lambda rule: rule["alert"])
def test_an_alert_leads_to_its_runbook(rule: dict[str, object]) -> None:
    annotations = rule["annotations"]
    assert isinstance(annotations, dict)
    assert set(annotations) == {"summary", "description", "runbook_url"}
    assert annotations["runbook_url"] == f"docs/runbook/{rule['alert']}.md"
    assert rule["labels"] in ({"severity": "critical"}, {"severity": "warning"})
    runbook = (ROOT / str(annotations["runbook_url"])).read_text(encoding="utf-8")
    assert runbook.startswith(f"# {rule['alert']}\n")
    places = [runbook.index(heading) for heading in HEADINGS]
    assert places == sorted(places)


def test_there_is_no_runbook_without_an_alert() -> None:
    named = {rule["alert"] for rule in rules("alerts.yaml")}
    assert {path.stem for path in (ROOT / "docs" / "runbook").glob("*.md")} - {"README"} == named


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_an_expression_names_only_what_is_exported(where: str) -> None:
    expr = EXPRESSIONS[where]
    recorded = {rule["record"] for rule in rules("recording.yaml")}
    assert recorded_in(expr) <= recorded
    assert metrics_of(expr) - set(DECLARED) == set()
    assert metrics_of(expr) | recorded_in(expr) | ({"process"} if "process_" in expr else set())
    for metric, label, _, _ in matchers_of(expr):
        assert label in {*DECLARED[metric], OF_THE_SCRAPE}, f"{metric} has no label {label}"


def test_labels_come_from_closed_sets_and_none_is_of_one_merchant() -> None:
    used = set(itertools.chain.from_iterable(DECLARED.values())) - {"generation", "implementation"}
    used -= {"le", "quantile", "major", "minor", "patchlevel"}
    assert used - LABELS == set()
    assert not [label for label in used for word in OF_ONE if word in label]


def test_every_metric_is_declared_through_one_module() -> None:
    """Elsewhere the library's classes are names of types, and never called."""
    for path in [*ROOT.glob("core/gateway_core/**/*.py"), *ROOT.glob("services/*/*/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        classes = {a.name for node in imports if node.module == "prometheus_client" for a in node.names}
        called = {getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
        own = path.relative_to(ROOT) == Path("core/gateway_core/runtime/metrics.py")
        assert own or not classes & called, path


@pytest.mark.parametrize("name", boards())
def test_a_dashboard_can_be_imported(name: str) -> None:
    board = boards()[name]
    assert board["uid"]
    assert board["title"]
    assert board["schemaVersion"] >= 39
    assert "id" not in board, "an import gives it one"
    assert [each["name"] for each in board["templating"]["list"]] == ["datasource", "namespace"]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    cells = [
        (x, y)
        for panel in board["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells)), "panels overlap"
    assert max(x for x, _ in cells) < 24
    for panel in board["panels"]:
        assert panel["type"] in ("row", "stat", "timeseries")
        for target in panel.get("targets", ()):
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert "datasource" not in target, "a target takes its panel's"
            selected = re.findall(r"\bgateway_[a-z0-9_]+(\{[^}]*\}|)", target["expr"])
            assert selected
            assert {each.split(",")[0].rstrip("}") for each in selected} == {'{namespace=~"$namespace"'}
            assert target["refId"]


def test_the_uids_of_dashboards_differ() -> None:
    uids = [board["uid"] for board in boards().values()]
    assert len(uids) == len(set(uids)) == 5
