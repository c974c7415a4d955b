"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

import typer
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from gateway_core.domain.events import rfc3339

NO_LIMIT: Final = 100_000
"""Columns of a file or a pipe, whose reader wants one row a line."""
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def examples(*commands: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(["[bold]Examples[/bold]", *(f"$ {escape(command)}" for command in commands)])


def print_json(document: object) -> None:
    """One document. What is not ASCII is escaped, so that a terminal obeys nothing in it."""
    typer.echo(json.dumps(document, indent=2, default=_plain_value))


def print_table(rows: Sequence[Mapping[str, object]]) -> None:
    """A line for each row; where the terminal is too narrow, a line for each value, as psql's ``\\x auto``."""
    console = _console()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in rows[0]:
        table.add_column(header, no_wrap=True)
    for row in rows:
        table.add_row(*map(_text, row.values()))
    needed = console.measure(table, options=console.options.update(max_width=NO_LIMIT)).maximum
    if needed <= console.width:
        _print(console, table)
    else:
        blocks = [part for row in rows for part in (Text(), _block(row))]
        _print(console, Group(*blocks[1:]))


def print_fields(fields: Mapping[str, object]) -> None:
    """A line for each value, after its name."""
    _print(_console(), _block(fields))


def _block(fields: Mapping[str, object]) -> Table:
    block = Table.grid(padding=(0, 2, 0, 0))
    block.add_column(style="bold", no_wrap=True)
    block.add_column(overflow="fold")
    for name, value in fields.items():
        block.add_row(name, _text(value))
    return block


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NO_LIMIT)


def _print(console: Console, shown: RenderableType) -> None:
    with console.capture() as captured:
        console.print(shown)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _text(value: object) -> Text:
    """Without what a terminal would obey."""
    text = "" if value is None else str(_plain_value(value))
    return Text("".join(character if character.isprintable() else "?" for character in text))


def _plain_value(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else str(value)
