"""What the API reads from the environment."""

from __future__ import annotations

from gateway_core.runtime.settings import Port, TestMerchantSettings


class ApiSettings(TestMerchantSettings):
    """The settings of ``python -m api`` (contract, Names)."""

    port: Port = 8000
    """0 takes a free port."""
