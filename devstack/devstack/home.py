"""GATEWAY_HOME: who runs on it, and what runs there now."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from devstack.errors import DevstackError
from devstack.settings import Settings

# Only these are ever removed: GATEWAY_HOME may be a folder with other things in it.
OWN_ENTRIES = ("postgres", "postgres.making", "redis", "log", "webhook-logs.json", "state.json", "lock")
LOCK_WAIT_S = 0.3  # is_running() of a status command holds the lock for an instant
LOCK_POLL_S = 0.05


@dataclass
class ProcessState:
    name: str
    pid: int
    ports: dict[str, int]
    health_url: str | None
    restarts: int = 0


@dataclass
class State:
    """What the supervisor tells the other commands through state.json. `phase`: starting, healthy, stopping,
    failed.
    """

    pid: int
    phase: str = "starting"
    progress: list[str] = field(default_factory=list)
    error: str | None = None
    database_url: str | None = None
    redis_url: str | None = None
    processes: list[ProcessState] = field(default_factory=list)


def take_lock(settings: Settings) -> IO[str]:
    """Held until closed or until this process ends. Raises DevstackError when another run holds it."""
    make_home(settings.home)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        lock = _try_lock(settings)
        if lock is not None:
            return lock
        if time.monotonic() > deadline:
            raise DevstackError(
                f"the gateway already runs on {settings.home}: `make stop` ends it,"
                " another GATEWAY_HOME starts one beside it"
            )
        time.sleep(LOCK_POLL_S)


def is_running(settings: Settings) -> bool:
    if not os.path.exists(settings.lock_path):  # noqa: PTH110 -- Path.exists() raises for a closed folder
        return False
    lock = _try_lock(settings)
    if lock is not None:
        lock.close()
    return lock is None


def write_state(settings: Settings, state: State) -> None:
    """Readers see the old file or the new one, never half of one."""
    temporary = settings.state_path.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(state), indent=2), encoding="utf-8")
    temporary.replace(settings.state_path)


def read_state(settings: Settings) -> State | None:
    """None when nothing was ever started on this home, or a power cut took the file's content."""
    try:
        found = json.loads(settings.state_path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    found["processes"] = [ProcessState(**process) for process in found["processes"]]
    return State(**found)


def remove_data(settings: Settings) -> None:
    """Removes what devstack made in the home, and the home itself when nothing else is in it."""
    for name in OWN_ENTRIES:
        path = settings.home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if settings.home.exists() and not any(settings.home.iterdir()):
        settings.home.rmdir()


def make_home(home: Path) -> None:
    """Raises DevstackError when it cannot be made or belongs to another user."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DevstackError(
            f"cannot make {home}: {error.strerror}; set GATEWAY_HOME to another folder"
        ) from None
    if not os.access(home, os.W_OK):
        raise _of_another_user(home)


def _of_another_user(home: Path) -> DevstackError:
    return DevstackError(f"{home} belongs to another user: run as that user, or set GATEWAY_HOME")


def _try_lock(settings: Settings) -> IO[str] | None:
    try:
        lock = settings.lock_path.open("a", encoding="ascii")
    except PermissionError:
        raise _of_another_user(settings.home) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock
