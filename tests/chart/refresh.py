"""Brings up to date what the chart holds of other files: `python tests/chart/refresh.py`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.chart.values_table import README, with_table  # noqa: E402 - only now the root is on the path

ORIGINALS = ROOT / "observability"
COPIES = ROOT / "helm" / "payment-gateway" / "files" / "observability"


def shipped(folder: Path) -> dict[str, bytes]:
    """Path below `folder` -> content, of dashboards and rule files: no tests of rules, no configuration of servers."""
    found = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
    }
    return {name: path.read_bytes() for name, path in found.items() if _is_shipped(path)}


def _is_shipped(path: Path) -> bool:
    if path.suffix != ".yaml":
        return path.suffix == ".json"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return isinstance(content, dict) and "groups" in content


def main() -> None:
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.rmtree(COPIES, ignore_errors=True)
    for name, content in shipped(ORIGINALS).items():
        (COPIES / name).parent.mkdir(parents=True, exist_ok=True)
        (COPIES / name).write_bytes(content)


if __name__ == "__main__":
    main()
