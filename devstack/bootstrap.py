"""Makes .venv with exactly the packages of requirements/<group>.txt, and does nothing when it already has
them.

    python3 devstack/bootstrap.py GROUP...        # run, dev or servers

Runs under any Python 3.8 or newer, to say what is missing; the environment itself needs Python 3.11. Packages
are checked against their hashes. A second run with the same files reads a stamp and ends; it needs no
network.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
GATEWAY = VENV / "bin" / "gateway"
STAMPS = VENV / ".devstack"
REQUIREMENTS = ROOT / "requirements"
OLDEST = (3, 11)
KNOWN_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")
# The members are put on the path by one .pth file: no build step, and an edit counts at once.
MEMBERS = ("cli", "core", "services/*/", "devstack", "examples/merchant", "web/server")
PTH = "payment_gateway_workspace.pth"
PIP_TIMEOUT_S = "15"
PIP_RETRIES = "2"
COMMAND_TIMEOUT_S = 600


class BootstrapError(Exception):
    """One line for the user."""


def main(groups: Sequence[str]) -> int:
    unknown = [group for group in groups if not (REQUIREMENTS / f"{group}.txt").is_file()]
    if unknown or not groups:
        print(
            f"usage: bootstrap.py GROUP..., where requirements/GROUP.txt exists (not: {unknown})",
            file=sys.stderr,
        )
        return 2
    if all(_is_current(group) for group in groups):
        return 0
    try:
        with _one_at_a_time():
            _make_current([group for group in groups if not _is_current(group)])
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _is_current(group: str) -> bool:
    try:
        stamp = (STAMPS / group).read_text(encoding="ascii")
        return stamp == _stamp(group) and all(os.access(each, os.X_OK) for each in (VENV_PYTHON, GATEWAY))
    except OSError:
        return False


def _stamp(group: str) -> str:
    """Changes with the packages wanted, and with the folder: a moved environment has stale paths in it."""
    return hashlib.sha256(_wanted(REQUIREMENTS / f"{group}.txt") + str(ROOT).encode()).hexdigest()


def _wanted(file: Path) -> bytes:
    """A list of packages, with the lists that it includes by `-r`."""
    text = file.read_bytes()
    included = [line[3:].decode() for line in text.splitlines() if line.startswith(b"-r ")]
    return text + b"".join(_wanted(file.parent / name) for name in included)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two first runs side by side must not build the same environment. The lock ends with the process."""
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_current(groups: Sequence[str]) -> None:
    if not groups:
        return
    started = time.monotonic()
    folder = VENV if VENV.exists() else ROOT
    if not os.access(str(folder), os.W_OK):
        raise BootstrapError(
            f"{folder} belongs to another user: run as that user, or from a clone of your own"
        )
    if not _venv_works():
        _make_venv(_find_python())
    _say(f"installing the packages of {', '.join(f'requirements/{group}.txt' for group in groups)}")
    _install([REQUIREMENTS / f"{group}.txt" for group in groups])
    _write_pth()
    _write_gateway()
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / "root").write_text(str(ROOT), encoding="utf-8")
    for group in groups:
        (STAMPS / group).write_text(_stamp(group), encoding="ascii")
    _say(f"ready in {time.monotonic() - started:.1f} s")


def _venv_works() -> bool:
    """False for none, a broken one (its Python is gone or too old) and one that was moved here from
    elsewhere.
    """
    made_for = STAMPS / "root"
    moved = made_for.is_file() and made_for.read_text(encoding="utf-8") != str(ROOT)
    return not moved and _version_of(str(VENV_PYTHON)) >= OLDEST


def _version_of(python: str) -> tuple[int, ...]:
    """(0,) when it does not run."""
    try:
        said = subprocess.run(
            [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(int(part) for part in said.stdout.split()) if said.returncode == 0 else (0,)


def _find_python() -> str:
    on_path = [found for found in map(shutil.which, KNOWN_PYTHONS) if found]
    for python in [getattr(sys, "_base_executable", sys.executable), *on_path]:
        if _version_of(python) >= OLDEST:
            return python
    here = ".".join(map(str, sys.version_info[:2]))
    raise BootstrapError(f"Python 3.11 or newer is needed, found only {here}: install python3.11 or newer")


def _make_venv(python: str) -> None:
    _say(f"making {VENV} with Python {'.'.join(map(str, _version_of(python)))}")
    if VENV.is_symlink() or VENV.is_file():
        raise BootstrapError(f"{VENV} is not a folder: remove it")
    shutil.rmtree(str(VENV), ignore_errors=True)
    if _run([python, "-m", "venv", str(VENV)]).returncode == 0:
        return
    # Debian ships ensurepip apart. Any other installer will do.
    without_pip = _run([python, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    other_installer = shutil.which("uv") or _run([python, "-m", "pip", "--version"]).returncode == 0
    if without_pip.returncode != 0 or not other_installer:
        shutil.rmtree(str(VENV), ignore_errors=True)
        raise BootstrapError(
            f"{python} cannot make an environment: apt-get install python3-venv, or its like"
        )


def _install(files: Sequence[Path]) -> None:
    """With uv, which takes a tenth of pip's time; with pip alone where it was told of its own index.

    Both compile the modules: otherwise each process of the first start compiles them for itself, and grows by it.
    """
    wanted = [part for file in files for part in ("-r", str(file))]
    checked = ["--require-hashes", "--no-deps", "--only-binary", ":all:", *wanted]
    pip = _pip()
    if not _pip_has_own_index(pip):
        uv = [_uv(pip), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(VENV_PYTHON)]
        if _run([*uv, *checked]).returncode == 0:
            return
    _pip_install(pip, checked)


def _pip_install(pip: Sequence[str], arguments: Sequence[str]) -> None:
    limits = ["--timeout", PIP_TIMEOUT_S, "--retries", PIP_RETRIES]
    done = _run([*pip, "install", "--quiet", *limits, *arguments])
    if done.returncode != 0:
        raise BootstrapError(_reason(done.stderr))


def _pip() -> list[str]:
    if _run([str(VENV_PYTHON), "-m", "pip", "--version"]).returncode == 0:
        return [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check"]
    return [_find_python(), "-m", "pip", "--disable-pip-version-check", "--python", str(VENV_PYTHON)]


def _pip_has_own_index(pip: Sequence[str]) -> bool:
    lines = _run([pip[0], "-m", "pip", "config", "list"]).stdout.splitlines()
    return any(line.split("=")[0].endswith(".index-url") for line in lines)


def _uv(pip: Sequence[str]) -> str:
    """The environment's own, else the one on PATH, else one that is installed now."""
    own = VENV / "bin" / "uv"
    on_path = shutil.which("uv")
    if on_path and not own.is_file():
        return on_path
    if not own.is_file():
        _pip_install(
            pip, ["--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS / "installer.txt")]
        )
    return str(own)


def _reason(said: str) -> str:
    """pip's complaint in one line. Without a connection pip says that it found no version at all."""
    unreachable = (
        "NewConnectionError",
        "ConnectTimeout",
        "Read timed out",
        "ProxyError",
        "Temporary failure",
    )
    if any(sign in said for sign in unreachable):
        return "the package registry cannot be reached: check the network, or pip's proxy and index"
    errors = [line for line in said.splitlines() if line.strip() and not line.startswith("WARNING")]
    return "packages could not be installed: " + " ".join(errors[-3:] or [said.strip()[-500:]])


def _write_pth() -> None:
    folders = sorted(str(folder) for pattern in MEMBERS for folder in ROOT.glob(pattern) if folder.is_dir())
    for site_packages in (VENV / "lib").glob("python3*/site-packages"):
        (site_packages / PTH).write_text("\n".join(folders) + "\n", encoding="utf-8")


def _write_gateway() -> None:
    """The operator's command, on the gateway that runs here. Members are not installed, so no script comes with one."""
    GATEWAY.write_text(f'#!/bin/sh\nexec "{VENV_PYTHON}" -m devstack gateway "$@"\n', encoding="utf-8")
    GATEWAY.chmod(0o755)


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(list(command), 1, "", str(error))


def _say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
