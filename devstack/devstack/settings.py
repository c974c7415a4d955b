"""The user's settings, all of them environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.binaries import REPOSITORY
from devstack.errors import DevstackError

# Variable, default. PORT is the contract's name for the API's; API_PORT wins where both are set.
PORT_DEFAULTS = {
    "API_PORT": 8000,
    "DASHBOARD_PORT": 3000,
    "CHECKOUT_PORT": 3001,
    "RECEIVER_PORT": 4000,
    "POSTGRES_PORT": 5432,
    "REDIS_PORT": 6379,
    "METRICS_PORT_BASE": 9100,
}
MAX_PORT = 65_535
METRICS_PORTS = 6  # from METRICS_PORT_BASE on


@dataclass(frozen=True)
class Settings:
    """Where data lives (`home`), the port of each variable, and servers that are already there (None: start
    one).
    """

    home: Path
    ports: Mapping[str, int]
    database_url: str | None
    redis_url: str | None
    environment: Mapping[str, str]

    @property
    def state_path(self) -> Path:
        return self.home / "state.json"

    @property
    def lock_path(self) -> Path:
        return self.home / "lock"

    @property
    def log_dir(self) -> Path:
        return self.home / "log"

    def port(self, variable: str) -> int:
        return self.ports[variable]

    def metrics_port(self, offset: int) -> int:
        """api 0, payment_processor 1, refund_processor 2, webhook_dispatcher 3, checkout 4, dashboard 5."""
        return self.ports["METRICS_PORT_BASE"] + offset


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of `environment`. Raises DevstackError for a port that is no port."""
    env = dict(os.environ if environment is None else environment)
    defaults = PORT_DEFAULTS | ({"API_PORT": _port("PORT", env["PORT"])} if env.get("PORT") else {})
    return Settings(
        home=Path(env.get("GATEWAY_HOME") or REPOSITORY / "var").expanduser().absolute(),
        ports={name: _port(name, env.get(name) or default) for name, default in defaults.items()},
        database_url=env.get("DATABASE_URL") or None,
        redis_url=env.get("REDIS_URL") or None,
        environment=env,
    )


def _port(name: str, value: str | int) -> int:
    try:
        port = int(value)
    except ValueError:
        port = 0
    highest = MAX_PORT - (METRICS_PORTS - 1 if name == "METRICS_PORT_BASE" else 0)
    if not 0 < port <= highest:
        raise DevstackError(f"{name}={value} is not a port: give a number from 1 to {highest}")
    return port
