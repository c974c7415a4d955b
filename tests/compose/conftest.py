"""The gateway in containers, built and started once for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.compose_kit import ALL, BUILD_TIMEOUT_S, SCALED, SERVICES, compose, why_not


@pytest.fixture(scope="session")
def gateway() -> Iterator[None]:
    """``docker compose up -d``, healthy; its containers and volumes are gone afterwards."""
    if reason := why_not():
        pytest.skip(reason)
    compose(*ALL, "down", "--volumes", "--timeout", "5")
    try:
        compose("build", timeout_s=BUILD_TIMEOUT_S)
        compose("up", "--detach")
        compose("up", "--detach", "--wait", *SERVICES)
        yield
    finally:
        compose(*ALL, "down", "--volumes", "--timeout", "5")


@pytest.fixture
def scaled(gateway: None) -> Iterator[None]:
    """A worker per queue in the place of the one for all, and the example shop to receive webhooks."""
    compose(*SCALED, "up", "--detach", "--build", "--scale", "worker=0", timeout_s=BUILD_TIMEOUT_S)
    yield
    compose(*SCALED, "rm", "--stop", "--force", "payment-worker", "refund-worker", "webhook-worker", "shop")
    compose("up", "--detach", "--wait", *SERVICES)


@pytest.fixture
def observed(gateway: None) -> Iterator[None]:
    """Prometheus and Grafana beside it."""
    compose("--profile", "observability", "up", "--detach", "prometheus", "grafana")
    yield
    compose("--profile", "observability", "rm", "--stop", "--force", "prometheus", "grafana")
