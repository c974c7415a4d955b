"""What the web server reads from the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway_core.runtime.logs import LogFormat
from gateway_core.runtime.settings import (
    EVERY_INTERFACE,
    KEEP_ALIVE_S,
    KeepAliveS,
    LogLevel,
    Lower,
    Port,
    Upper,
)

_WEB = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def _address(text: str) -> str:
    text = text.rstrip("/")
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be like https://pay.example.com")
    return text


Address = Annotated[str, AfterValidator(_address)]


class WebSettings(BaseSettings):
    """The settings of ``python -m web_server``."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    gateway_env: Annotated[Literal["local", "production"], Lower] = "production"
    port: Port | None = None
    """Unset: the site's own. 0 takes a free port."""
    metrics_port: Port = 9100
    keep_alive_s: KeepAliveS = KEEP_ALIVE_S
    bind_host: str = ""
    """Unset: loopback for a local evaluation, else every interface."""
    log_level: Annotated[LogLevel, Upper] = "INFO"
    log_format: Annotated[LogFormat, Lower] = "json"
    public_api_url: Address = "http://localhost:8000"
    """Where browsers reach the API."""
    public_checkout_url: Address = "http://localhost:3001"
    """Where browsers reach the checkout; the dashboard's samples name both."""
    api_url: Address | None = None
    """Where this server reaches the API, if that is somewhere else."""
    checkout_dist: Path = _WEB / "checkout" / "dist"
    dashboard_dist: Path = _WEB / "dashboard" / "dist"
    sdk_dist: Path = _WEB.parent / "sdk" / "dist"
    shutdown_grace_s: float = Field(default=20.0, gt=0, le=600)

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        self.bind_host = self.bind_host or ("127.0.0.1" if self.gateway_env == "local" else EVERY_INTERFACE)
        self.api_url = self.api_url or self.public_api_url
        return self
