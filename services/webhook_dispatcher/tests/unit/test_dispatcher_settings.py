"""The dispatcher's settings."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from webhook_dispatcher.settings import DispatcherSettings


def settings(**chosen: Any) -> DispatcherSettings:
    connections = {"database_url": "postgresql://localhost/x", "redis_url": "redis://localhost"}
    return DispatcherSettings(**{**connections, "encryption_key": "k" * 40, **chosen})


@pytest.mark.parametrize(
    ("chosen", "allowed"),
    [
        ({"gateway_env": "local"}, True),
        ({"gateway_env": "production"}, False),
        ({"gateway_env": "local", "webhook_allow_private": "false"}, False),
        ({"gateway_env": "production", "webhook_allow_private": "true"}, True),
    ],
)
def test_private_receivers_default_to_local_evaluation(chosen: dict[str, Any], allowed: bool) -> None:
    assert settings(**chosen).private_receivers_allowed is allowed


@pytest.mark.parametrize("timeout_s", [0, -1, 15.1])
def test_the_deadline_cannot_outlast_the_lease(timeout_s: float) -> None:
    with pytest.raises(ValidationError):
        settings(webhook_timeout_s=timeout_s)


def test_test_mode_has_its_own_schedule() -> None:
    assert settings().retry_schedule.gaps_s == (60, 300, 1800, 7200)
    told = settings(gateway_env="local", webhook_retry_intervals_test=True)
    assert told.retry_schedule.gaps_s == (5, 10, 15, 20)
