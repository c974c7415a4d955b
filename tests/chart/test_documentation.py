"""The chart's README and values are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway_core import VERSION
from tests.chart.render import CHART, ROOT, VALUE_SETS, helm, value_files

GUIDES = (
    CHART / "README.md",
    ROOT / "docs" / "operations" / "install.md",
    ROOT / "docs" / "operations" / "scaling.md",
)
INDENT = 2

_LINE = re.compile(r"( *)([A-Za-z0-9_-]+):(?: .*)?")
_COMMENT = re.compile(r" *# -- (.+)")


def documented(text: str) -> Iterator[tuple[str, str]]:
    """(dotted path, description) of every value with a `# --` comment on the line before it."""
    path: list[str] = []
    comment = ""
    for line in text.splitlines():
        if said := _COMMENT.fullmatch(line):
            comment = said[1]
        elif key := _LINE.fullmatch(line):
            path[len(key[1]) // INDENT :] = [key[2]]
            if comment:
                yield ".".join(path), comment
            comment = ""


def undocumented(values: dict[str, Any], paths: set[str]) -> list[str]:
    """Leaves that neither have a description nor lie below a value that has one."""
    return [
        path
        for path, value in _walk(values, ())
        if not any(".".join(path.split(".")[:depth]) in paths for depth in range(1, path.count(".") + 2))
    ]


def _walk(values: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _walk(value, (*above, name))
        else:
            yield ".".join((*above, name)), value


def test_every_value_is_described() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    assert undocumented(yaml.safe_load(text), {path for path, _ in documented(text)}) == []


def test_an_undescribed_value_is_found() -> None:
    text = "# -- one\na: 1\nb:\n  # -- two\n  c: 2\n  d: 3\n"
    assert list(documented(text)) == [("a", "one"), ("b.c", "two")]
    assert undocumented(yaml.safe_load(text), {"a", "b.c"}) == ["b.d"]


def test_the_chart_is_of_the_gateways_version() -> None:
    about = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert about["appVersion"] == VERSION


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guides_name_values_that_exist(guide: Path) -> None:
    """Every `--set` in them is accepted by the schema."""
    options = re.findall(r"--set(?:-string)? (\S+?)=", guide.read_text(encoding="utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    for option in options:
        found = values
        for name in option.split("."):
            assert name in found, option
            found = found[name]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guides_link_to_files_that_exist(guide: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", guide.read_text(encoding="utf-8"))
    assert [link for link in links if not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("values", VALUE_SETS)
def test_notes_are_shown_after_an_install(values: str) -> None:
    done = helm(
        "install", "shop", str(CHART), "--dry-run=client", "--namespace", "payments", *value_files(values)
    )
    assert done.returncode == 0, done.stderr
    notes = done.stdout.rpartition("NOTES:")[2]
    assert "rollout status" in notes
    assert ("WARNING: environment is local" in notes) == (values == "evaluation")
    assert ("adapter-rules" in notes) == ("kind: ConfigMap" in done.stdout and "adapter-rules" in done.stdout)
