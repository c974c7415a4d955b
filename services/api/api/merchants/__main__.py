"""``python -m api.merchants``: the operator makes merchants and sets their passwords.

    create --name NAME --email EMAIL [--password-stdin]
    set-password --email EMAIL [--password-stdin]
    list
    deactivate --email EMAIL

Needs DATABASE_URL and ENCRYPTION_KEY as the API has them. A password comes as the first line of standard input,
else one is made and shown; it is never an argument, which every user of the machine could read.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from api.command import Done, OperatorSettings, carry_out
from api.merchants.operator import Operator
from api.session.passwords import Passwords
from gateway_core.db.pool import Pool
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.environment import load_settings

MAX_LINE_CHARS = 4096


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says; a refusal is one line on stderr and exit code 1."""
    wanted = _parser().parse_args(arguments)
    settings = load_settings(OperatorSettings)
    password = sys.stdin.readline(MAX_LINE_CHARS).rstrip("\r\n") if _reads_password(wanted) else None
    box = Cipher(settings.encryption_key.get_secret_value(), settings.old_encryption_keys)

    async def act(pool: Pool) -> Done:
        passwords = Passwords()
        try:
            return await _act(Operator(pool, box, passwords), wanted, password)
        finally:
            await passwords.aclose()

    carry_out(settings, "merchants", act)


async def _act(operator: Operator, wanted: Namespace, password: str | None) -> Done:
    match wanted.command:
        case "create":
            return await operator.create(wanted.name, wanted.email, password)
        case "set-password":
            return await operator.set_password(wanted.email, password)
        case "deactivate":
            return await operator.deactivate(wanted.email)
        case _:
            return await operator.list_merchants()


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m api.merchants", description="Merchants of this gateway.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a merchant; its secrets are shown this once")
    create.add_argument("--name", required=True)
    set_password = commands.add_parser(
        "set-password", help="give a merchant another password; ends its sessions"
    )
    deactivate = commands.add_parser("deactivate", help="refuse a merchant's keys, sign-ins and sessions")
    commands.add_parser("list", help="every merchant, oldest first")
    for command in (create, set_password, deactivate):
        command.add_argument("--email", required=True)
    for command in (create, set_password):
        command.add_argument("--password-stdin", action="store_true", help="read it from standard input")
    return parser


def _reads_password(wanted: Namespace) -> bool:
    return bool(getattr(wanted, "password_stdin", False))


if __name__ == "__main__":
    main()
