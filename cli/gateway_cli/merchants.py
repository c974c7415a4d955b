"""``gateway merchants``: create, list and deactivate merchants, set their passwords."""

from __future__ import annotations

import secrets
import sys
from dataclasses import asdict, dataclass
from getpass import getpass
from typing import Annotated, Final, TypeAlias
from uuid import UUID, uuid4

import typer
from psycopg.errors import UniqueViolation

from gateway_cli.database import DatabaseSettings, KeySettings, run
from gateway_cli.output import AsJson, examples, print_fields, print_json, print_table
from gateway_core.db.pool import Connection
from gateway_core.db.queries import merchants, sessions
from gateway_core.db.queries.merchants import MerchantLine, NewMerchant
from gateway_core.db.queries.sessions import Account
from gateway_core.domain.api_key import API_SECRET_PREFIX, KEY_PREFIX
from gateway_core.domain.errors import bad_request, not_found
from gateway_core.domain.sign_in import MAX_NAME_LENGTH, check_new_email, check_new_password
from gateway_core.domain.text import check_text
from gateway_core.runtime.crypto import Cipher, hash_api_secret
from gateway_core.runtime.environment import load_settings
from gateway_core.runtime.ids import new_id, new_webhook_secret
from gateway_core.runtime.passwords import password_hasher

PASSWORD_BYTES: Final = 18
MAX_LINE_CHARS: Final = 4096

app = typer.Typer(no_args_is_help=True, help="Create, list and deactivate merchants, set their passwords.")
Email: TypeAlias = Annotated[str, typer.Option(help="The merchant's e-mail address.")]
PasswordStdin: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from standard input. Without it, one is generated and shown.",
    ),
]


@dataclass(frozen=True, slots=True)
class CreatedMerchant:
    """A new merchant with its secrets in plain text; ``password`` only if it was generated."""

    id: UUID
    name: str
    email: str
    api_key: str
    api_secret: str
    webhook_secret: str
    password: str | None


async def create(
    conn: Connection, cipher: Cipher, *, name: str, email: str, password: str | None = None
) -> CreatedMerchant:
    """Create a merchant with an API key and this password, else a generated one. Raises GatewayError."""
    name = check_text(name, "name", MAX_NAME_LENGTH).strip()
    if not name:
        raise bad_request("name is required", field="name")
    chosen, generated = _password(password)
    webhook_secret, api_secret = new_webhook_secret(), new_id(API_SECRET_PREFIX)
    merchant = NewMerchant(
        id=uuid4(),
        name=name,
        email=check_new_email(email),
        api_key=new_id(KEY_PREFIX),
        api_secret_sha256=hash_api_secret(api_secret),
        webhook_secret_encrypted=cipher.encrypt(webhook_secret),
    )
    try:
        async with conn.transaction():
            await merchants.insert_merchant(conn, merchant)
            await sessions.set_password_hash(conn, merchant.id, password_hasher().hash(chosen))
    except UniqueViolation:
        raise bad_request("a merchant with this e-mail address exists already", field="email") from None
    return CreatedMerchant(
        merchant.id, name, merchant.email, merchant.api_key, api_secret, webhook_secret, generated
    )


async def set_password(conn: Connection, email: str, password: str | None = None) -> tuple[str, str | None]:
    """(e-mail address, the password if it was generated). The merchant's sessions end. Raises GatewayError."""
    chosen, generated = _password(password)
    async with conn.transaction():
        account = await _active(conn, email)
        await sessions.set_password_hash(conn, account.id, password_hasher().hash(chosen))
        await sessions.end_sessions_of(conn, account.id)
    return account.email, generated


async def deactivate(conn: Connection, email: str) -> str:
    """Refuse a merchant's keys, sign-ins and sessions; its data stays. Returns its e-mail address."""
    async with conn.transaction():
        account = await _active(conn, email)
        await merchants.deactivate(conn, account.id)
        await sessions.end_sessions_of(conn, account.id)
    return account.email


async def _active(conn: Connection, email: str) -> Account:
    account = await sessions.find_account(conn, check_new_email(email))
    if account is None:
        raise not_found("Active merchant")
    return account


def _password(given: str | None) -> tuple[str, str | None]:
    """(the password to set, the same if it was generated here)."""
    if given is not None:
        return check_new_password(given), None
    generated = secrets.token_urlsafe(PASSWORD_BYTES)
    return generated, generated


@app.command(
    "create",
    epilog=examples(
        'gateway merchants create --name "Asha\'s Tea" --email asha@example.com',
        'gateway merchants create --name "Asha\'s Tea" --email asha@example.com --password-stdin < password.txt',
    ),
)
def create_command(
    name: Annotated[str, typer.Option(help="Shown on the checkout page and the dashboard.")],
    email: Email,
    password_stdin: PasswordStdin = False,
    as_json: AsJson = False,
) -> None:
    """Create a merchant. Its secrets are shown this once."""
    settings = load_settings(KeySettings)
    password = _read_password() if password_stdin else None
    created = run(
        settings.database_url,
        lambda conn: create(conn, settings.cipher, name=name, email=email, password=password),
    )
    if as_json:
        print_json(asdict(created))
        return
    fields = {label.replace("_", " "): value for label, value in asdict(created).items() if value is not None}
    print_fields(fields)
    typer.echo("The secrets are not shown again.")


@app.command("list", epilog=examples("gateway merchants list", "gateway merchants list --json"))
def list_command(as_json: AsJson = False) -> None:
    """List every merchant, oldest first."""
    found = run(load_settings(DatabaseSettings).database_url, merchants.list_merchants)
    if as_json:
        print_json({"merchants": [asdict(each) for each in found]})
    elif found:
        print_table([_row(each) for each in found])
    else:
        typer.echo("There is no merchant yet.")


@app.command(
    "set-password",
    epilog=examples(
        "gateway merchants set-password --email asha@example.com",
        "gateway merchants set-password --email asha@example.com --password-stdin < password.txt",
    ),
)
def set_password_command(
    email: Email, password_stdin: PasswordStdin = False, as_json: AsJson = False
) -> None:
    """Give a merchant another password. Its sessions end."""
    settings = load_settings(DatabaseSettings)
    password = _read_password() if password_stdin else None
    address, generated = run(settings.database_url, lambda conn: set_password(conn, email, password))
    if as_json:
        print_json({"email": address, "password": generated})
        return
    typer.echo(f"The password of {address} is set; its sessions have ended.")
    if generated:
        print_fields({"password": generated})


@app.command("deactivate", epilog=examples("gateway merchants deactivate --email asha@example.com"))
def deactivate_command(email: Email, as_json: AsJson = False) -> None:
    """Refuse a merchant's API keys, sign-ins and sessions from now on. Its data stays."""
    address = run(load_settings(DatabaseSettings).database_url, lambda conn: deactivate(conn, email))
    if as_json:
        print_json({"email": address, "is_active": False})
    else:
        typer.echo(f"{address} is inactive.")


def _read_password() -> str:
    """The first line of standard input; on a terminal it is typed unseen."""
    if sys.stdin.isatty():
        return getpass("Password: ")
    return sys.stdin.readline(MAX_LINE_CHARS).rstrip("\r\n")


def _row(merchant: MerchantLine) -> dict[str, object]:
    return {
        "Email": merchant.email,
        "Name": merchant.name,
        "Status": "active" if merchant.is_active else "inactive",
        "Password": "set" if merchant.has_password else "not set",
        "Created": merchant.created_at,
        "API key": merchant.api_key,
        "ID": merchant.id,
    }
