"""Puts Debian's prometheus and promtool beside Python, unless they are there. To be run as a script.

Taken out of the package without installing it: that would need root, and leave a server running on this machine.
Never fails: tests skip without them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gateway_core.testing.processes import find_program

PACKAGE = "prometheus"
PROGRAMS = ("prometheus", "promtool")
DOWNLOAD_TIMEOUT_S = 300
MISSING = "THE ALERTS AND DASHBOARDS ARE NOT TESTED: no prometheus; install it, with promtool, on PATH"


def main() -> None:
    if all(find_program(name) for name in PROGRAMS):
        return
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        print(MISSING)
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            _take_out(_fetch(Path(folder)), Path(sys.executable).parent)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{MISSING} ({error})")


def _fetch(folder: Path) -> Path:
    """The package, verified by apt. Where the machine's lists are missing or old, with lists of its own."""
    try:
        _run("apt-get", "-qq", "download", PACKAGE, folder=folder)
    except subprocess.CalledProcessError:
        lists, cache = folder / "lists", folder / "cache"
        (lists / "partial").mkdir(parents=True)
        (cache / "archives" / "partial").mkdir(parents=True)
        own = ("-qq", "-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache}")
        _run("apt-get", *own, "update", folder=folder)
        _run("apt-get", *own, "download", PACKAGE, folder=folder)
    (package,) = folder.glob(f"{PACKAGE}_*.deb")
    return package


def _take_out(package: Path, target: Path) -> None:
    contents = package.with_name("contents")
    _run("dpkg-deb", "--extract", str(package), str(contents), folder=package.parent)
    for name in PROGRAMS:
        unfinished = target / f"{name}.part"
        shutil.copy(contents / "usr" / "bin" / name, unfinished)
        unfinished.replace(target / name)
    print(f"put {' and '.join(PROGRAMS)} into {target}")


def _run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=DOWNLOAD_TIMEOUT_S)


if __name__ == "__main__":
    main()
