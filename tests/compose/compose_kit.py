"""``docker compose`` on the repository's own file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
BUILD_TIMEOUT_S = 900
COMMAND_TIMEOUT_S = 240
SCALED = ("--profile", "scaled", "--profile", "demo")
ALL = (*SCALED, "--profile", "observability")
BASE_IMAGES = ("python:3.12-slim-bookworm", "node:22-bookworm-slim", "postgres:16-alpine", "redis:7-alpine")
SERVICES = ("postgres", "redis", "api", "worker", "dashboard", "checkout")


def why_not() -> str | None:
    """Why no container can be built here, or None if one can."""
    if not (_works("info") and _works("compose", "version")):
        return "NO CONTAINER ENGINE: nothing of docker-compose.yml was tested"
    missing = [
        image for image in BASE_IMAGES if not (_works("image", "inspect", image) or _works("pull", image))
    ]
    return (
        f"NO BASE IMAGES ({', '.join(missing)}): nothing of docker-compose.yml was tested"
        if missing
        else None
    )


def _works(*words: str) -> bool:
    try:
        return not subprocess.run(
            ["docker", *words], capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def compose(*words: str, timeout_s: float = COMMAND_TIMEOUT_S) -> str:
    """What the command printed. Raises AssertionError with both streams when it fails."""
    return _printed("docker", "compose", *words, timeout_s=timeout_s)


def docker(*words: str) -> str:
    """The same for the engine itself."""
    return _printed("docker", *words, timeout_s=COMMAND_TIMEOUT_S)


def inspect(container: str) -> Any:
    """Everything that the engine knows of a container."""
    return json.loads(docker("inspect", container))[0]


def run_published(step: str) -> None:
    """The lines of a step of submission.yml, one after another, as its reader would run them."""
    commands = yaml.safe_load((ROOT / "submission.yml").read_text(encoding="utf-8"))[step]
    assert commands
    for command in commands:
        _printed("bash", "-o", "pipefail", "-c", command, timeout_s=BUILD_TIMEOUT_S)


def _printed(*command: str, timeout_s: float) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
