"""The README's table of values, from the `# --` comments of values.yaml; as a script it writes the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[2] / "helm" / "payment-gateway"
README = CHART / "README.md"
BEGIN = "<!-- values: written by `make chart` -->"
END = "<!-- end of values -->"
INDENT = 2
MAX_DEFAULT_CHARS = 60

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


def table() -> str:
    """In Markdown, in the order of values.yaml."""
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)
    rows = [f"| `{path}` | {_default(values, path)} | {said} |" for path, said in documented(text)]
    return "\n".join(["| value | default | meaning |", "|---|---|---|", *rows])


def _default(values: dict[str, Any], path: str) -> str:
    found: Any = values
    for name in path.split("."):
        found = found[name]
    shown = yaml.safe_dump(found, default_flow_style=True, width=10_000, sort_keys=False)
    shown = shown.removesuffix("...\n").strip().replace("|", "\\|")
    return f"`{shown}`" if len(shown) <= MAX_DEFAULT_CHARS else "see values.yaml"


def with_table(readme: str) -> str:
    """The README with the table of today between its two marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
