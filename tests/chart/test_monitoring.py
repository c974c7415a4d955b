"""Prometheus scrapes every service, and the chart ships the repository's rules and dashboards."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.chart.render import (
    CHART,
    NAMESPACE,
    PROMTOOL,
    VALUE_SETS,
    Object,
    deployed,
    of_kind,
    promtool,
    render,
)

FILES = CHART / "files" / "observability"


def _matches(selector: Object, labels: dict[str, str]) -> bool:
    expressions = selector.get("matchExpressions", ())
    return selector["matchLabels"].items() <= labels.items() and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )


@pytest.mark.parametrize("values", VALUE_SETS)
def test_every_service_is_scraped(values: str) -> None:
    """By a ServiceMonitor or by annotations; by nothing only where the values say so, and then nothing scales on it."""
    objects = render(values)
    monitors = of_kind(objects, "ServiceMonitor")
    for pod in deployed(objects).values():
        metrics = {each["name"]: each["containerPort"] for each in pod.spec["containers"][0]["ports"]}[
            "metrics"
        ]
        annotated = pod.annotations.get("prometheus.io/port") == str(metrics)
        services = [
            each
            for each in of_kind(objects, "Service")
            if each["spec"]["selector"].items() <= pod.labels.items()
            and any(_matches(monitor["spec"]["selector"], each["metadata"]["labels"]) for monitor in monitors)
        ]
        ports = [port["name"] for each in services for port in each["spec"]["ports"]]
        assert ports.count("metrics") + annotated == (0 if _unscraped(objects) else 1)


def _unscraped(objects: list[Object]) -> bool:
    external = any(
        metric["type"] == "External"
        for each in of_kind(objects, "HorizontalPodAutoscaler")
        for metric in each["spec"]["metrics"]
    )
    asked = any(
        trigger["type"] == "prometheus"
        for each in of_kind(objects, "ScaledObject")
        for trigger in each["spec"]["triggers"]
    )
    silent = not of_kind(objects, "ServiceMonitor") and not any(
        "prometheus.io/scrape" in pod.annotations for pod in deployed(objects).values()
    )
    assert not (silent and (external or asked))
    return silent


def test_runbooks_are_linked_to_where_the_repository_is() -> None:
    rules = of_kind(
        render("production", options=("--set", "monitoring.repositoryUrl=https://git.example.com/gw/")),
        "PrometheusRule",
    )
    links = [rule["annotations"]["runbook_url"] for rule in _rules(rules) if "alert" in rule]
    assert [link for link in links if not link.startswith("https://git.example.com/gw/docs/")] == []


def test_the_job_and_service_of_a_series_are_its_services_name() -> None:
    (monitor,) = of_kind(render("production"), "ServiceMonitor")
    assert monitor["spec"]["jobLabel"] == "app.kubernetes.io/component"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] == "metrics"
    (relabeling,) = endpoint["relabelings"]
    assert relabeling["sourceLabels"] == ["__meta_kubernetes_service_label_app_kubernetes_io_component"]
    assert relabeling["targetLabel"] == "service"


def test_bundled_servers_and_jobs_are_not_scraped() -> None:
    objects = render("evaluation", options=("--set", "monitoring.scrape=serviceMonitor"))
    (monitor,) = of_kind(objects, "ServiceMonitor")
    scraped = {
        each["metadata"]["labels"]["app.kubernetes.io/component"]
        for each in of_kind(objects, "Service")
        if _matches(monitor["spec"]["selector"], each["metadata"]["labels"])
    }
    assert scraped == set(deployed(objects))


def test_rules_and_dashboards_are_shipped() -> None:
    objects = render("production")
    groups = [
        group["name"]
        for path in FILES.rglob("*.yaml")
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    ]
    arrived = [
        group["name"] for each in of_kind(objects, "PrometheusRule") for group in each["spec"]["groups"]
    ]
    assert sorted(arrived) == sorted(groups)
    assert len(_boards(objects)) == len(list(FILES.rglob("*.json"))) > 0


def _boards(objects: list[Object]) -> list[Object]:
    return [
        each for each in of_kind(objects, "ConfigMap") if "grafana_dashboard" in each["metadata"]["labels"]
    ]


def test_texts_of_prometheus_and_grafana_arrive_as_they_are(tmp_path: Path) -> None:
    """Their own templates look like Helm's."""
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    folder = chart / "files" / "observability"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "dashboards").mkdir(parents=True)
    alert = {
        "alert": "Planted",
        "expr": 'up{job="api"} == 0',
        "for": "5m",
        "labels": {"severity": "page"},
        "annotations": {"summary": "{{ $labels.job }} is {{ $value }}"},
    }
    group = {"groups": [{"name": "planted", "rules": [alert]}]}
    board = {"title": "Planted", "templating": "{{queue}} $__rate_interval"}
    (folder / "alerts.yaml").write_text(yaml.safe_dump(group), encoding="utf-8")
    (folder / "tests.yaml").write_text("rule_files: [alerts.yaml]\n", encoding="utf-8")
    (folder / "dashboards" / "the_queue.json").write_text(json.dumps(board, indent=2), encoding="utf-8")
    objects = render("production", chart=chart, options=("--set", "monitoring.labels.release=prometheus"))
    (rules,) = of_kind(objects, "PrometheusRule")
    arrived = {**alert, "labels": {"severity": "page", "namespace": NAMESPACE}}
    assert rules["spec"]["groups"] == [{"name": "planted", "rules": [arrived]}]
    assert rules["metadata"]["labels"]["release"] == "prometheus"
    (copy,) = _boards(objects)
    assert json.loads(copy["data"]["the_queue.json"]) == board
    assert re.fullmatch(r"shop-payment-gateway-board-the-queue", copy["metadata"]["name"])


def _rules(objects: list[Object]) -> list[Object]:
    groups = [group for each in of_kind(objects, "PrometheusRule") for group in each["spec"]["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def test_rules_see_their_own_namespace_only() -> None:
    """Several releases may share a Prometheus."""
    for rule in _rules(render("production")):
        selected = re.findall(r"(?:[a-z_]+:)?gateway_[a-z0-9_:]+(\{[^}]*\}|)", rule["expr"])
        assert selected
        assert {each.split(",")[0].rstrip("}") for each in selected} == {f'{{namespace="{NAMESPACE}"'}
        assert rule["labels"]["namespace"] == NAMESPACE


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: make prometheus")
def test_a_release_beside_it_neither_hides_nor_raises_an_alert(tmp_path: Path) -> None:
    """There, an API that is up and a queue that is late. Here, no API and a queue that is not."""
    (spec,) = [each["spec"] for each in of_kind(render("production"), "PrometheusRule")]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    late = 'gateway_queue_oldest_due_age_seconds{queue="webhook-delivery",namespace='
    series = {
        'gateway_build_info{component="api",namespace="staging"}': "1x20",
        f'{late}"staging"}}': "900x20",
        f'{late}"{NAMESPACE}"}}': "1x20",
    }
    firing = 'alertname="GatewayApiDown",alertstate="firing",component="api",severity="critical"'
    expected = {
        "expr": 'ALERTS{alertname=~"GatewayApiDown|GatewayQueueOldestDue",alertstate="firing"}',
        "eval_time": "10m",
        "exp_samples": [{"labels": f'ALERTS{{{firing},namespace="{NAMESPACE}"}}', "value": 1}],
    }
    check = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [expected],
            }
        ],
    }
    (tmp_path / "check.yaml").write_text(yaml.safe_dump(check), encoding="utf-8")
    promtool("test", "rules", str(tmp_path / "check.yaml"))


def test_nothing_of_it_where_there_is_no_monitoring() -> None:
    objects = render("no-monitoring")
    assert of_kind(objects, "ServiceMonitor", "PrometheusRule") == []
    assert _boards(objects) == []
