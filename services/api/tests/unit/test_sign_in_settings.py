"""Where the dashboard may be opened, and whose word counts about where a request comes from."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from api.settings import ApiSettings


def settings(**more: Any) -> ApiSettings:
    fixed = {"database_url": "postgresql://db", "redis_url": "redis://queue", "encryption_key": "k" * 32}
    return ApiSettings(**{**fixed, "gateway_env": "production", "dashboard_origins": "", **more})


def test_production_names_its_origins() -> None:
    assert settings().allowed_dashboard_origins == []
    told = settings(dashboard_origins=" https://Pay.example:443 ,https://pay.example:8443,")
    assert told.allowed_dashboard_origins == ["https://pay.example", "https://pay.example:8443"]


def test_a_local_evaluation_is_opened_on_port_3000_of_this_machine() -> None:
    local = settings(gateway_env="local")
    assert local.allowed_dashboard_origins == ["http://localhost:3000", "http://127.0.0.1:3000"]
    moved = settings(gateway_env="local", dashboard_origins="http://localhost:3100")
    assert moved.allowed_dashboard_origins == ["http://localhost:3100"]


@pytest.mark.parametrize("text", ["*", "localhost:3000", "http://localhost:3000/dashboard", "null"])
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        settings(dashboard_origins=text)


def test_only_this_machine_is_believed_unless_others_are_named() -> None:
    assert list(map(str, settings().trusted_networks)) == ["127.0.0.0/8", "::1/128"]
    told = settings(trusted_proxies="10.1.2.3, fd00::/8")
    assert list(map(str, told.trusted_networks)) == ["10.1.2.3/32", "fd00::/8"]


@pytest.mark.parametrize("text", ["proxy", "10.0.0.1/8", "*"])
def test_an_invalid_network_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        settings(trusted_proxies=text)
