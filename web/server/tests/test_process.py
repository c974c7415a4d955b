"""``python -m web_server`` as a process: starts, serves, stops, and says in one line why it cannot."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from web_server.settings import WebSettings

START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0

pytestmark = pytest.mark.e2e


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _process(settings: WebSettings, *arguments: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "GATEWAY_ENV": "local",
        "METRICS_PORT": "0",
        "CHECKOUT_DIST": str(settings.checkout_dist),
        "DASHBOARD_DIST": str(settings.dashboard_dist),
        "SDK_DIST": str(settings.sdk_dist),
        **extra,
    }
    command = [sys.executable, "-m", "web_server", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _wait_for(url: str) -> httpx.Response:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert time.monotonic() < deadline, url
            time.sleep(0.05)


def test_serves_until_it_is_asked_to_stop(settings: WebSettings) -> None:
    port = _free_port()
    with _process(settings, "checkout", PORT=str(port)) as process:
        assert _wait_for(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert "React" in httpx.get(f"http://127.0.0.1:{port}/").text
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_TIMEOUT_S) == 0


def test_the_dashboard_stands_without_the_api(settings: WebSettings) -> None:
    port, nobody = _free_port(), _free_port()
    with _process(settings, "dashboard", PORT=str(port), API_URL=f"http://127.0.0.1:{nobody}") as process:
        assert _wait_for(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert "React" in httpx.get(f"http://127.0.0.1:{port}/dashboard/transactions").text
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/session")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_TIMEOUT_S) == 0


@pytest.mark.parametrize(
    ("arguments", "extra", "said"),
    [
        (["dashboard"], {"DASHBOARD_DIST": "/nowhere"}, "npm ci"),
        ([], {}, "usage"),
        (["dashboard2"], {}, "usage"),
        (["checkout"], {"SDK_DIST": "/nowhere"}, "npm ci"),
        (["checkout"], {"PUBLIC_API_URL": "https://api.example.com; script-src *"}, "PUBLIC_API_URL"),
    ],
)
def test_says_in_one_line_why_it_cannot_start(
    settings: WebSettings, arguments: list[str], extra: dict[str, str], said: str
) -> None:
    with _process(settings, *arguments, **extra) as process:
        assert process.wait(START_TIMEOUT_S) != 0
        stderr = process.stderr.read() if process.stderr else ""
        assert said in stderr
        assert len(stderr.splitlines()) == 1
