"""python -m devstack with the real services: what `make run DETACH=1`, `status`, `stop` and `clean` do."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stack_tools import alive, environment, free_ports, wait_for

from devstack.home import read_state
from devstack.settings import Settings, read_settings

pytestmark = pytest.mark.e2e

COMMAND_TIMEOUT_S = 120
DELIVERED_WITHIN_S = 30
PORTS = (
    "POSTGRES_PORT",
    "REDIS_PORT",
    "API_PORT",
    "CHECKOUT_PORT",
    "DASHBOARD_PORT",
    "RECEIVER_PORT",
    "METRICS_PORT_BASE",
)
METRICS_PORTS = 6
HEADERS = {
    "Content-Type": "application/json",
    "X-Api-Key": "key_test_abc123",
    "X-Api-Secret": "secret_test_xyz789",
}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    first_port = free_ports(len(PORTS) + METRICS_PORTS)
    ports = {name: str(first_port + offset) for offset, name in enumerate(PORTS)}
    quick = {"TEST_MODE": "true", "TEST_PROCESSING_DELAY": "100"}
    return environment(tmp_path / "home", first_port) | ports | quick


@pytest.fixture
def settings(env: dict[str, str]) -> Iterator[Settings]:
    yield read_settings(env)
    _devstack(env, "stop")


def _devstack(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devstack", *words]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False
    )


def _ask(port: int, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=HEADERS)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_a_start_in_the_background_that_fails_says_why_and_nothing_older(
    settings: Settings, env: dict[str, str]
) -> None:
    settings.log_dir.mkdir(parents=True)
    log = settings.log_dir / "devstack.log"
    log.write_text("api                | of yesterday\n")
    port = settings.port("API_PORT")
    with socket.create_server(("127.0.0.1", port)):
        failed = _devstack(env, "run", "--detach")
    assert failed.stderr.splitlines() == [
        f"error: port {port} is taken by another program: set API_PORT to a free one",
        f"devstack: it did not start (log: {log})",
    ]


def test_the_gateway_comes_up_takes_a_payment_and_goes_away(settings: Settings, env: dict[str, str]) -> None:
    started = _devstack(env, "run", "--detach")
    assert started.returncode == 0, started.stderr
    assert f"http://localhost:{settings.port('API_PORT')}" in started.stdout
    assert "key_test_abc123" in started.stdout
    state = read_state(settings)
    assert state is not None
    pids = [state.pid, *(process.pid for process in state.processes)]

    status = _devstack(env, "status")
    assert status.returncode == 0
    assert all(process.name in status.stdout for process in state.processes)
    assert _devstack(env, "run", "--detach").returncode == 1

    api_port = settings.port("API_PORT")
    order = _ask(api_port, "/api/v1/orders", {"amount": 50_000})
    payment = {"order_id": order["id"], "method": "upi", "vpa": "user@paytm"}
    payment_id = _ask(api_port, "/api/v1/payments", payment)["id"]
    # The receiver was configured on start, so it gets the signed events and finds them genuine.
    receiver_port = settings.port("RECEIVER_PORT")
    wait_for(
        lambda: (
            '"payment.success"' in (text := json.dumps(_ask(receiver_port, "/webhooks")))
            and payment_id in text
        ),
        "the receiver has payment.success",
        DELIVERED_WITHIN_S,
    )
    log = settings.log_dir / "devstack.log"
    wait_for(
        lambda: "verified payment.success" in log.read_text(), "its line is in the log", DELIVERED_WITHIN_S
    )

    told = _devstack(env, "exec", "sh", "-c", 'echo "$DATABASE_URL"')
    assert told.stdout.strip() == state.database_url
    listed = json.loads(_devstack(env, "gateway", "merchants", "list", "--json").stdout)
    assert [merchant["email"] for merchant in listed["merchants"]] == ["test@example.com"]

    assert _devstack(env, "stop").returncode == 0
    assert not any(alive(pid) for pid in pids)
    assert _devstack(env, "status").returncode == 1
    assert _devstack(env, "clean").returncode == 0
    assert not settings.home.exists()
