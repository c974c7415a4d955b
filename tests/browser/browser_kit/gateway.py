"""The whole gateway for a browser: ``python -m devstack`` on free ports, with a fast simulated bank."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack_tools import free_ports

COMMAND_TIMEOUT_S = 120
PORTS = (
    "POSTGRES_PORT",
    "REDIS_PORT",
    "API_PORT",
    "CHECKOUT_PORT",
    "RECEIVER_PORT",
    "DASHBOARD_PORT",
    "METRICS_PORT_BASE",
)
METRICS_PORTS = 6
FAST_BANK = {
    "PROCESSING_DELAY_MIN": "200",
    "PROCESSING_DELAY_MAX": "600",
    "UPI_SUCCESS_RATE": "1",
    "CARD_SUCCESS_RATE": "1",
}


@dataclass(frozen=True)
class Gateway:
    """Where it is: addresses for browsers, and the folder with its data and logs."""

    api_url: str
    checkout_url: str
    dashboard_url: str
    shop_url: str
    database_url: str
    home: Path


@contextmanager
def running_gateway(home: Path) -> Iterator[Gateway]:
    """Starts it in ``home`` and stops it after the block. Raises AssertionError with its log if it does not start."""
    first_port = free_ports(len(PORTS) + METRICS_PORTS)
    ports = {name: first_port + offset for offset, name in enumerate(PORTS)}
    env = {
        **os.environ,
        **FAST_BANK,
        **{name: str(port) for name, port in ports.items()},
        "GATEWAY_HOME": str(home),
    }
    try:
        started = _devstack(env, "run", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr
        yield Gateway(
            api_url=f"http://localhost:{ports['API_PORT']}",
            checkout_url=f"http://localhost:{ports['CHECKOUT_PORT']}",
            dashboard_url=f"http://localhost:{ports['DASHBOARD_PORT']}",
            shop_url=f"http://localhost:{ports['RECEIVER_PORT']}/shop",
            database_url=f"postgresql://gateway_user:gateway_pass@127.0.0.1:{ports['POSTGRES_PORT']}/payment_gateway",
            home=home,
        )
    finally:
        _devstack(env, "stop")


def _devstack(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devstack", *words]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False
    )
