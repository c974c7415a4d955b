"""``gateway``: what an operator does to a gateway, in one command."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Operate a payment gateway.")


def main() -> None:
    """Run the command line."""
    app()
