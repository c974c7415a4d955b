"""The autoscalers read metrics that the workers really export."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import webhook_dispatcher.app
from gateway_core.acquiring import procedure
from gateway_core.runtime.metrics import REGISTRY
from gateway_core.streams.names import Stream
from tests.chart.render import (
    CHART,
    NAMESPACE,
    PROMTOOL,
    VALUE_SETS,
    Object,
    named,
    of_kind,
    promtool,
    render,
)

BOUNDS = {
    Stream.PAYMENTS: procedure.BOUNDS,
    Stream.REFUNDS: procedure.BOUNDS,
    Stream.WEBHOOKS: webhook_dispatcher.app.BOUNDS,
}
QUEUE_WORKERS = ("payment-processor", "refund-processor", "webhook-dispatcher")
KEDA_SETS = ("keda", "long-names")


def _rule() -> dict[str, Any]:
    text = (CHART / "files" / "prometheus-adapter.yaml").read_text(encoding="utf-8")
    (rule,) = yaml.safe_load(text)["rules"]["external"]
    return dict(rule)


def _metrics_in(text: str) -> set[str]:
    return set(re.findall(r"gateway_[a-z_]+", text))


def _labels_of(metric: str) -> tuple[str, ...]:
    collector = REGISTRY._names_to_collectors[metric]
    (family,) = collector.describe()  # type: ignore[attr-defined]
    return tuple(getattr(collector, "_labelnames", ()) or getattr(family, "_labelnames", ()))


def _external(objects: list[Object]) -> list[tuple[str, str, int]]:
    """(metric, queue, target) of every external metric of every HPA."""
    return [
        (
            each["metric"]["name"],
            each["metric"]["selector"]["matchLabels"]["queue"],
            int(each["target"]["averageValue"]),
        )
        for hpa in of_kind(objects, "HorizontalPodAutoscaler")
        for each in (metric["external"] for metric in hpa["spec"]["metrics"] if metric["type"] == "External")
    ]


def test_the_adapter_reads_what_the_workers_export() -> None:
    rule = _rule()
    read = _metrics_in(rule["metricsQuery"])
    assert read == {"gateway_queue_due_backlog", "gateway_worker_in_flight"}
    assert all(_labels_of(metric) == ("queue",) for metric in read)
    (series,) = _metrics_in(rule["seriesQuery"])
    assert series in read
    assert re.fullmatch(rule["name"]["matches"], series)


@pytest.mark.parametrize("values", ["production", "combined", "tls", "pinned", "annotations"])
def test_an_hpa_asks_for_the_metric_that_the_adapter_makes(values: str) -> None:
    asked = _external(render(values))
    assert {metric for metric, _, _ in asked} == {_rule()["name"]["as"]}
    assert sorted(queue for _, queue, _ in asked) == sorted(Stream)


def test_a_replica_is_not_promised_more_than_it_holds() -> None:
    """The target is below what one process takes on, so that there are more of them before it is full."""
    for values in ("production", "combined"):
        for _, queue, target in _external(render(values)):
            assert 0 < target <= BOUNDS[Stream(queue)].max_in_flight / 2


def test_sites_are_scaled_on_cpu() -> None:
    for name in ("api", "checkout", "dashboard"):
        hpa = named(render("production"), "HorizontalPodAutoscaler", f"-{name}")
        assert [metric["type"] for metric in hpa["spec"]["metrics"]] == ["Resource"]


@pytest.mark.parametrize("name", QUEUE_WORKERS)
def test_cpu_is_the_fallback(name: str) -> None:
    usual = named(render("production"), "HorizontalPodAutoscaler", f"-{name}")
    assert [metric["type"] for metric in usual["spec"]["metrics"]] == ["External", "Resource"]
    alone = named(render("cpu"), "HorizontalPodAutoscaler", f"-{name}")
    assert [metric["type"] for metric in alone["spec"]["metrics"]] == ["Resource"]


@pytest.mark.parametrize("values", VALUE_SETS)
def test_what_is_scaled_has_no_fixed_replicas(values: str) -> None:
    """Else every upgrade would set them back."""
    objects = render(values)
    scalers = of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in scalers}
    assert len(scaled) == len(scalers)
    for each in of_kind(objects, "Deployment"):
        assert ("replicas" in each["spec"]) == (each["metadata"]["name"] not in scaled)


@pytest.mark.parametrize("values", VALUE_SETS)
def test_scaling_is_quick_up_slow_down_and_bounded(values: str) -> None:
    for each in of_kind(render(values), "HorizontalPodAutoscaler", "ScaledObject"):
        spec = each["spec"]
        least = spec.get("minReplicas", spec.get("minReplicaCount"))
        most = spec.get("maxReplicas", spec.get("maxReplicaCount"))
        assert 1 <= least < most
        horizontal = spec.get("advanced", {}).get("horizontalPodAutoscalerConfig", spec)
        behavior = horizontal["behavior"]
        assert behavior["scaleUp"]["stabilizationWindowSeconds"] <= 30
        assert behavior["scaleDown"]["stabilizationWindowSeconds"] >= 300


@pytest.mark.parametrize("values", KEDA_SETS)
def test_keda_scales_each_queue_worker(values: str) -> None:
    objects = render(values)
    triggers = [each for scaled in of_kind(objects, "ScaledObject") for each in scaled["spec"]["triggers"]]
    by_queue = sorted(each["name"] for each in triggers if each["type"] != "cpu")
    assert by_queue == sorted(Stream)
    assert sum(each["type"] == "cpu" for each in triggers) == len(QUEUE_WORKERS)


def test_keda_asks_prometheus_the_adapters_question() -> None:
    for scaled in of_kind(render("keda"), "ScaledObject"):
        trigger = scaled["spec"]["triggers"][0]
        matchers = f'namespace="{NAMESPACE}",queue="{trigger["name"]}"'
        assert trigger["metadata"]["query"] == _rule()["metricsQuery"].replace("<<.LabelMatchers>>", matchers)
        assert trigger["metadata"]["ignoreNullValues"] == "false"
        # Without its mode an authentication is ignored (KEDA, Prometheus scaler).
        assert trigger["authenticationRef"] == {"name": "prometheus-token"}
        assert trigger["metadata"]["authModes"] == "bearer"


def test_keda_needs_no_authentication_where_prometheus_asks_for_none() -> None:
    for scaled in of_kind(render("long-names"), "ScaledObject"):
        trigger = scaled["spec"]["triggers"][0]
        assert "authenticationRef" not in trigger
        assert "authModes" not in trigger["metadata"]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: make prometheus")
def test_the_question_adds_up_what_waits_and_what_is_in_flight(tmp_path: Path) -> None:
    """Two workers see the same 100 due rows and hold 30 and 20: 150. None in flight: 100. Nothing known: no answer."""
    expression = _rule()["metricsQuery"].replace("<<.LabelMatchers>>", 'namespace="n",queue=~"q.*"')
    cases = [
        ('gateway_queue_due_backlog{namespace="n",queue="q1",pod="a"}', "100"),
        ('gateway_queue_due_backlog{namespace="n",queue="q1",pod="b"}', "100"),
        ('gateway_worker_in_flight{namespace="n",queue="q1",pod="a"}', "30"),
        ('gateway_worker_in_flight{namespace="n",queue="q1",pod="b"}', "20"),
        ('gateway_queue_due_backlog{namespace="n",queue="q2",pod="a"}', "100"),
        ('gateway_worker_in_flight{namespace="n",queue="q3",pod="a"}', "7"),
    ]
    answers = [{"labels": '{queue="q1"}', "value": 150}, {"labels": '{queue="q2"}', "value": 100}]
    check = {
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": series, "values": value} for series, value in cases],
                "promql_expr_test": [{"expr": expression, "eval_time": "0s", "exp_samples": answers}],
            }
        ]
    }
    file = tmp_path / "check.yaml"
    file.write_text(yaml.safe_dump(check), encoding="utf-8")
    promtool("test", "rules", str(file))
