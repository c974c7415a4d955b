"""``gateway invariants``: check that every ``inv_*`` view is empty."""

from __future__ import annotations

from typing import Final

import typer

from gateway_cli.database import DatabaseSettings, run
from gateway_cli.output import AsJson, examples, print_json, print_table
from gateway_core.db.queries.invariants import violations
from gateway_core.runtime.environment import load_settings

VIEW_TIMEOUT_MS: Final = 600_000
"""The views read whole tables."""
EXIT_VIOLATED: Final = 1
EXAMPLES: Final = examples(
    "gateway invariants", "DATABASE_URL=postgresql://…/restored gateway invariants --json"
)


def invariants_command(as_json: AsJson = False) -> None:
    """Check what must always hold, and show up to 20 rows of each violation. Needs DATABASE_URL only.

    Exit code 1: an invariant is violated.
    """
    found = run(
        load_settings(DatabaseSettings).database_url, violations, statement_timeout_ms=VIEW_TIMEOUT_MS
    )
    if as_json:
        print_json({"violations": found})
    else:
        for view, rows in found.items():
            typer.echo(f"{view}:")
            print_table(rows)
            typer.echo()
        typer.echo(_sentence(len(found)))
    if found:
        raise typer.Exit(EXIT_VIOLATED)


def _sentence(violated: int) -> str:
    if not violated:
        return "All invariants hold."
    return "1 invariant is violated." if violated == 1 else f"{violated} invariants are violated."
