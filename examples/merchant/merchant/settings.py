"""What the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - inside a container; the network decides who reaches it
MAX_PORT = 65_535


@dataclass(frozen=True)
class Settings:
    """Where to listen, the secret that webhooks are signed with, and where to log them."""

    host: str
    port: int
    secret: str = field(repr=False)
    log_path: Path


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings, with the test merchant's values as defaults. Raises ValueError for a port that is none."""
    local = environment.get("GATEWAY_ENV", "local") == "local"
    return Settings(
        host=environment.get("BIND_HOST") or (LOOPBACK if local else EVERY_INTERFACE),
        port=_port(environment.get("RECEIVER_PORT") or "4000"),
        secret=environment.get("WEBHOOK_SECRET") or "whsec_test_abc123",
        log_path=Path(environment.get("WEBHOOK_LOGS") or "webhook-logs.json"),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PORT):
        raise ValueError(f"RECEIVER_PORT={text} is not a port")
    return int(text)
