"""The results, as a table for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table

WIDTH = 120
BARE = "bare"
Values = Mapping[str, Sequence[float]]
"""The values of a measurement by round, of each tree and of the bare application."""


@dataclass(frozen=True)
class Row:
    """A measurement; its target bounds the value, its ratio to the bare application or its ratio to the other
    tree.
    """

    name: str
    before: str = ""
    """Of commit 002cc08."""
    of: Literal["itself", "bare", "other"] = "itself"
    at_least: float | None = None
    at_most: float | None = None

    def target(self) -> str:
        column = {"itself": "", "bare": "÷ bare ", "other": "÷ other "}[self.of]
        if self.at_least is not None:
            return f"{column}≥ {self.at_least:g}"
        return f"{column}≤ {self.at_most:g}" if self.at_most is not None else ""

    def is_met(self, value: float) -> bool:
        return value >= self.at_least if self.at_least is not None else value <= (self.at_most or 0.0)


class Report:
    """Collects values round by round."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, measure: str, tree: str, value: float) -> None:
        self._taken[measure][tree].append(value)

    def show(self, rows: Sequence[Row], trees: Sequence[str]) -> None:
        """Print a line for each row and tree, the first tree's with its target and whether it was met."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in ("", "of", "median", "least–most", "÷ bare", "÷ other", "target", "", "[002cc08]"):
            table.add_column(
                title, justify="left" if title in ("", "of", "target") else "right", no_wrap=True
            )
        for row in rows:
            values = self._taken[row.name]
            for tree in [name for name in (BARE, *trees) if name in values]:
                table.add_row(*_cells(row, values, tree, trees))
        Console(width=WIDTH, highlight=False).print(table)


def _cells(row: Row, values: Values, tree: str, trees: Sequence[str]) -> list[str]:
    ratios = {"itself": values[tree]}
    if BARE in values and tree != BARE:
        ratios["bare"] = _ratios(values[tree], values[BARE])
    if len(trees) > 1 and tree == trees[0]:
        ratios["other"] = _ratios(values[tree], values[trees[1]])
    judged = tree == trees[0] and row.target() and row.of in ratios
    return [
        row.name if tree == next(iter(values)) else "",
        tree,
        _number(median(values[tree])),
        f"{_number(min(values[tree]))}–{_number(max(values[tree]))}",
        _ratio(ratios.get("bare")),
        _ratio(ratios.get("other")),
        row.target() if tree == trees[0] else "",
        ("met" if row.is_met(median(ratios[row.of])) else "missed") if judged else "",
        rf"\[{row.before}]" if row.before and tree == trees[0] else "",
    ]


def _ratios(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """Compares round by round: a disturbance that outlasts a round affects both."""
    return [value / other for value, other in zip(values, others, strict=True)]


def _ratio(values: Sequence[float] | None) -> str:
    return f"{median(values):.2f}" if values else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
