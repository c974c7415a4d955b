"""The gateway in containers, built and started once for all of these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.compose_kit import (
    ALL,
    BUILD_TIMEOUT_S,
    SCALED,
    SERVICES,
    compose,
    run_published,
    why_not,
)


@pytest.fixture(scope="session")
def gateway() -> Iterator[None]:
    """``docker compose up -d`` and the steps of submission.yml; nothing of it is left afterwards."""
    if reason := why_not():
        pytest.skip(reason)
    compose(*ALL, "down", "--volumes", "--timeout", "5")
    try:
        run_published("setup")
        compose("up", "--detach")
        run_published("start")
        yield
        run_published("shutdown")
        assert compose("ps", "--all", "--quiet") == ""
    finally:
        compose(*ALL, "down", "--volumes", "--timeout", "5")


@pytest.fixture
def scaled(gateway: None) -> Iterator[None]:
    """A worker per queue, one of them twice, in the place of the one for all; the example shop receives webhooks."""
    sizes = ("--scale", "worker=0", "--scale", "webhook-worker=2")
    compose(*SCALED, "up", "--detach", "--build", *sizes, timeout_s=BUILD_TIMEOUT_S)
    yield
    compose(*SCALED, "rm", "--stop", "--force", "payment-worker", "refund-worker", "webhook-worker", "shop")
    compose("up", "--detach", "--wait", *SERVICES)


@pytest.fixture
def observed(gateway: None) -> Iterator[None]:
    """Prometheus and Grafana beside it."""
    compose("--profile", "observability", "up", "--detach", "prometheus", "grafana")
    yield
    compose("--profile", "observability", "rm", "--stop", "--force", "prometheus", "grafana")
