"""The process's Prometheus metrics: one registry, names under ``gateway_``, labels from closed sets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

PREFIX = "gateway_"
OTHER = "other"
# Milliseconds for a statement up to the seconds of a slow dependency.
DURATION_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
_build_info = Gauge(
    f"{PREFIX}build_info", "Always 1; the labels say what runs.", ("service", "version"), registry=REGISTRY
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


def set_build_info(service: str, version: str) -> None:
    """Publish ``gateway_build_info{service, version} 1``."""
    _build_info.clear()
    _build_info.labels(service, version).set(1)


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
