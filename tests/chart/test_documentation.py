"""The chart's README and values say what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gateway_core import VERSION
from tests.chart.render import CHART, ROOT, VALUE_SETS, helm, value_files
from tests.chart.values_table import README, documented, undocumented, with_table

GUIDES = (README, ROOT / "docs" / "operations" / "install.md", ROOT / "docs" / "operations" / "scaling.md")


def test_every_value_is_described() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    assert undocumented(yaml.safe_load(text), {path for path, _ in documented(text)}) == []


def test_an_undescribed_value_is_found() -> None:
    text = "# -- one\na: 1\nb:\n  # -- two\n  c: 2\n  d: 3\n"
    assert list(documented(text)) == [("a", "one"), ("b.c", "two")]
    assert undocumented(yaml.safe_load(text), {"a", "b.c"}) == ["b.d"]


def test_the_readme_has_the_values_of_today() -> None:
    """`make chart` writes them."""
    readme = README.read_text(encoding="utf-8")
    assert readme == with_table(readme)


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
