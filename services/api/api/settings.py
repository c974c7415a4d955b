"""What the API reads from the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from gateway_core.domain.origins import parse_origin, write_origin
from gateway_core.domain.sign_in import Network, parse_networks
from gateway_core.runtime.settings import KEEP_ALIVE_S, KeepAliveS, Port, TestMerchantSettings

LOOPBACK = "127.0.0.0/8,::1"
LOCAL_DASHBOARD_ORIGINS = "http://localhost:3000,http://127.0.0.1:3000"
LOCAL_CHECKOUT_ORIGINS = "http://localhost:3001,http://127.0.0.1:3001"


def _origins_text(text: str) -> str:
    origins = [each.strip() for each in text.split(",") if each.strip()]
    return ",".join(write_origin(*parse_origin(each)) for each in origins)


def _networks_text(text: str) -> str:
    parse_networks(text)
    return text


class ApiSettings(TestMerchantSettings):
    """The settings of ``python -m api`` (contract, Names)."""

    port: Port = 8000
    """0 takes a free port."""
    keep_alive_s: KeepAliveS = KEEP_ALIVE_S
    checkout_origins: Annotated[str, AfterValidator(_origins_text)] = ""
    """Where the checkout's pages are served from, between commas: browsers may call the API from there."""
    dashboard_origins: Annotated[str, AfterValidator(_origins_text)] = ""
    """Where the dashboard is opened, between commas: a session may act from these only."""
    trusted_proxies: Annotated[str, AfterValidator(_networks_text)] = LOOPBACK
    """Addresses and networks, between commas, whose ``X-Forwarded-For`` is believed when sign-ins are counted."""

    @property
    def allowed_checkout_origins(self) -> list[str]:
        """The origins as browsers write them; unset: port 3001 of this machine for a local evaluation, else none."""
        text = self.checkout_origins or (LOCAL_CHECKOUT_ORIGINS if self.is_local else "")
        return text.split(",") if text else []

    @property
    def allowed_dashboard_origins(self) -> list[str]:
        """The origins as browsers write them; unset: port 3000 of this machine for a local evaluation, else none."""
        text = self.dashboard_origins or (LOCAL_DASHBOARD_ORIGINS if self.is_local else "")
        return text.split(",") if text else []

    @property
    def trusted_networks(self) -> list[Network]:
        return parse_networks(self.trusted_proxies)
