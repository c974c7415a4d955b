"""``gateway encryption``: move stored secrets to the current ``ENCRYPTION_KEY``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import typer

from gateway_cli.database import KeySettings, run
from gateway_cli.output import AsJson, examples, print_json, print_table
from gateway_core.db.pool import Connection
from gateway_core.db.queries import merchants
from gateway_core.runtime.crypto import CannotDecrypt, Cipher
from gateway_core.runtime.environment import load_settings

BATCH_MERCHANTS: Final = 500
EXIT_UNDECRYPTABLE: Final = 1

app = typer.Typer(no_args_is_help=True, help="Manage the encryption of stored secrets.")


@dataclass(slots=True)
class Rotation:
    """How many secrets were encrypted again, and the merchants with a secret that no key decrypts."""

    rotated: int = 0
    undecryptable: list[UUID] = field(default_factory=list)


async def rotate(conn: Connection, cipher: Cipher, *, batch_merchants: int = BATCH_MERCHANTS) -> Rotation:
    """Encrypt every stored secret under the current key. A secret that changes meanwhile keeps its new value.

    Each batch is a transaction of its own: after an error it may be run again.
    """
    done, last = Rotation(), None
    while True:
        async with conn.transaction():
            batch = await merchants.encrypted_secrets(conn, after=last, limit=batch_merchants)
            for secret in batch:
                try:
                    encrypted = cipher.encrypt(cipher.decrypt(secret.encrypted))
                except CannotDecrypt:
                    if secret.merchant_id not in done.undecryptable[-1:]:
                        done.undecryptable.append(secret.merchant_id)
                else:
                    done.rotated += await merchants.replace_secret(conn, secret, encrypted)
        if not batch:
            return done
        last = batch[-1].merchant_id


@app.command("rotate", epilog=examples("gateway encryption rotate"))
def rotate_command(as_json: AsJson = False) -> None:
    """Encrypt every stored secret under ENCRYPTION_KEY, so that ENCRYPTION_OLD_KEYS can be removed.

    May be run again, and while the gateway runs. Exit code 1: no key decrypts some secrets, whose merchants must
    set new ones.
    """
    settings = load_settings(KeySettings)
    done = run(settings.database_url, lambda conn: rotate(conn, settings.cipher))
    if as_json:
        print_json({"rotated": done.rotated, "undecryptable": done.undecryptable})
    else:
        typer.echo(f"Secrets encrypted under the current key: {done.rotated}.")
        if done.undecryptable:
            typer.echo("No key decrypts a secret of these merchants:")
            print_table([{"ID": merchant_id} for merchant_id in done.undecryptable])
    if done.undecryptable:
        raise typer.Exit(EXIT_UNDECRYPTABLE)
