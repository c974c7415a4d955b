"""The entry point: all commands, and how each failure ends: one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from gateway_cli import encryption, invariants, merchants, migrate, review
from gateway_cli.database import UNAVAILABLE, Refused, one_line
from gateway_cli.output import examples
from gateway_core import VERSION
from gateway_core.domain.errors import GatewayError

EXIT_REFUSED = 1

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Operate a payment gateway: its merchants, reviews, encryption key and database.",
    epilog=examples(
        'gateway merchants create --name "Asha\'s Tea" --email asha@example.com',
        "gateway review list --json",
        "gateway --install-completion",
    ),
)
app.add_typer(merchants.app, name="merchants")
app.add_typer(review.app, name="review")
app.add_typer(encryption.app, name="encryption")
app.command("migrate", epilog=migrate.EXAMPLES)(migrate.migrate_command)
app.command("invariants", epilog=invariants.EXAMPLES)(invariants.invariants_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gateway {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the options before the command."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, ``sys.argv`` by default. Raises SystemExit.

    Its code is 0 for success, 1 if the gateway refused, an invariant is violated or the database did not answer,
    2 for wrong usage, and 78 (EX_CONFIG) for unusable settings.
    """
    try:
        exit_code = app(arguments, prog_name="gateway", standalone_mode=False)
    except typer.TyperException as error:
        if not error.format_message():  # no arguments: the help stands there already
            raise SystemExit(error.exit_code) from None
        _end(_usage(error), error.exit_code)
    except GatewayError as refusal:
        _end(refusal.description)
    except Refused as refusal:
        _end(str(refusal))
    except UNAVAILABLE as error:
        _end(f"the database did not answer: {one_line(error)}")
    raise SystemExit(exit_code or os.EX_OK)


def _usage(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    hint = f" Try '{context.command_path} --help'." if context else ""
    message = error.format_message()
    return f"{message}{'' if message.endswith(('.', '?')) else '.'}{hint}"


def _end(sentence: str, exit_code: int = EXIT_REFUSED) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(exit_code)
