"""No setting that a developer has exported reaches the tests, or a process that they start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

EXPORTED = {
    "API_PORT": "1",
    "DATABASE_URL": "postgresql://nowhere",
    "GATEWAY_ENV": "production",
    "GATEWAY_HOME": "/nowhere",
    "MAKEFLAGS": "API_PORT=1",
    "TEST_MODE": "true",
    "TEST_PROCESSING_DELAY": "60000",
    "WEBHOOK_RETRY_INTERVALS_TEST": "true",
}
TEST = """
import os, subprocess, sys
from gateway_core.runtime.settings import WebhookSettings

AT_IMPORT = dict(os.environ)

def test_nothing_is_left(processes, tmp_path):
    settings = WebhookSettings(database_url="postgresql://a", redis_url="redis://b", gateway_env="local")
    assert not settings.test_mode and not settings.webhook_retry_intervals_test
    (tmp_path / "show.py").write_text("import os; print(sorted(os.environ))")
    shown = subprocess.run([sys.executable, tmp_path / "show.py"], capture_output=True, text=True, check=True)
    for name in NAMES:
        assert name not in AT_IMPORT and name not in os.environ and name not in shown.stdout
    assert "PATH" in os.environ
"""


def test_the_callers_settings_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST.replace("NAMES", repr(sorted(EXPORTED))))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "gateway_core.testing.plugin",
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.run(
        [*command, "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, **EXPORTED, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
