"""docs/architecture.md leads a newcomer through files that exist, and not through too many."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WALK = ROOT / "docs" / "architecture.md"
MAX_FILES = 45

_ROW = re.compile(r"^\| (\d+) \| \[[^\]]+\]\((\S+)\) \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)")


def test_the_walk_passes_at_most_45_files_in_order() -> None:
    rows = _ROW.findall(WALK.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    assert len({path for _, path in rows}) == len(rows)
    assert 0 < len(rows) <= MAX_FILES


def test_the_walk_names_files_that_exist() -> None:
    links = _LINK.findall(WALK.read_text(encoding="utf-8"))
    assert [link for link in links if not (WALK.parent / link).exists()] == []
