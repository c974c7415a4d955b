"""The process's Prometheus metrics: one registry, names under ``gateway_``, labels from closed sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

PREFIX = "gateway_"
OTHER = "other"
# Milliseconds for a statement up to the seconds of a slow dependency.
DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# For waits on others: a bank whose outcome is pending, a receiver that recovers by the last retry.
END_TO_END_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300, 600, 1800, 3600, 7200, 10800)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
_build_info = Gauge(
    f"{PREFIX}build_info",
    "Always 1; the labels name what runs.",
    ("component", "version"),
    registry=REGISTRY,
)


def counter(name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
    """A counter in the process's registry; its name begins with ``gateway_`` (ValueError otherwise)."""
    return Counter(_checked(name), documentation, labels, registry=REGISTRY)


def gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    """A gauge in the process's registry; its name begins with ``gateway_`` (ValueError otherwise)."""
    return Gauge(_checked(name), documentation, labels, registry=REGISTRY)


def histogram(
    name: str,
    documentation: str,
    labels: Sequence[str] = (),
    *,
    buckets: Sequence[float] = DURATION_BUCKETS_S,
) -> Histogram:
    """A histogram in the process's registry; its name begins with ``gateway_`` (ValueError otherwise)."""
    return Histogram(_checked(name), documentation, labels, buckets=buckets, registry=REGISTRY)


class CachedGauge(Collector):
    """A gauge of a value that another system holds. Without a value there is no series: a zero is a real zero."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str] = ()) -> None:
        """Its name begins with ``gateway_`` (ValueError otherwise)."""
        self._name = _checked(name)
        self._documentation = documentation
        self._labels = tuple(labels)
        self._values: dict[tuple[str, ...], float] = {}
        REGISTRY.register(self)

    def set(self, value: float, *labels: str) -> None:
        """Set the value that was just read."""
        self._values[labels] = value

    def withdraw(self, *labels: str) -> None:
        """Withdraw one series: its value could not be read."""
        self._values.pop(labels, None)

    def withdraw_all(self) -> None:
        """Withdraw all series: the values could not be read, or another process shows them."""
        self._values.clear()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """For the registry."""
        family = GaugeMetricFamily(self._name, self._documentation, labels=self._labels)
        for labels, value in self._values.items():
            family.add_metric(labels, value)
        return [family]

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """For the registry, which refuses a second metric of the same name."""
        return [GaugeMetricFamily(self._name, self._documentation, labels=self._labels)]


def set_build_info(component: str, version: str) -> None:
    """Publish ``gateway_build_info{component, version} 1``; operators give a target's label ``service`` themselves."""
    _build_info.clear()
    _build_info.labels(component, version).set(1)


def exposition(registry: CollectorRegistry = REGISTRY) -> tuple[bytes, str]:
    """The body of ``/metrics`` and its content type."""
    return generate_latest(registry), CONTENT_TYPE_LATEST


class BoundedLabel:
    """A label whose values come from a closed set; anything else counts as ``other``, so series stay few."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)

    def __call__(self, value: str) -> str:
        return value if value in self._allowed else OTHER


def _checked(name: str) -> str:
    if not name.startswith(PREFIX):
        raise ValueError(f"the metric {name!r} does not begin with {PREFIX!r}")
    return name
