"""``gateway merchants``: how a production gateway gets its first merchant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from argon2.exceptions import VerifyMismatchError

from gateway_core.db.pool import Connection
from gateway_core.db.queries import sessions
from gateway_core.db.queries.merchants import find_credentials
from gateway_core.runtime.crypto import Cipher, hash_api_secret
from gateway_core.runtime.passwords import password_hasher
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration

NAME, EMAIL, PASSWORD = "Asha's Tea", "asha@example.com", "correct horse battery staple"
CREATE = ("merchants", "create", "--name", NAME, "--email", EMAIL)
FROM_STDIN = f"{PASSWORD}\r\nnot this\n"
FIELDS = ["id", "name", "email", "api_key", "api_secret", "webhook_secret", "password"]


async def signs_in(conn: Connection, password: str) -> bool:
    """Whether the API would take the password."""
    account = await sessions.find_account(conn, EMAIL)
    if account is None:
        return False
    try:
        return password_hasher().verify(str(account.password_hash), password)
    except VerifyMismatchError:
        return False


async def begin_session(conn: Connection, merchant_id: str) -> None:
    await sessions.insert_session(conn, b"t" * 32, UUID(merchant_id))


async def has_session(conn: Connection) -> bool:
    return await sessions.find_session(conn, b"t" * 32) is not None


async def test_a_new_merchant_has_what_is_shown_once(
    terminal: Terminal, conn: Connection, rows: Rows
) -> None:
    lines = await terminal.run(*CREATE, "--password-stdin", stdin=FROM_STDIN)
    assert lines.pop() == "The secrets are not shown again."
    shown = dict(re.split("  +", line) for line in lines)
    assert [label.replace(" ", "_") for label in shown] == FIELDS[:-1]
    assert (shown["name"], shown["email"]) == (NAME, EMAIL)
    (credential,) = (await find_credentials(conn, [shown["api key"]])).values()
    assert credential.secret_sha256 == hash_api_secret(shown["api secret"])
    assert await signs_in(conn, PASSWORD)
    encrypted = await rows.one("SELECT webhook_secret_encrypted FROM merchants WHERE email = %s", (EMAIL,))
    assert Cipher(terminal.encryption_key).decrypt(encrypted) == shown["webhook secret"]


async def test_programs_get_the_same_as_json(terminal: Terminal) -> None:
    created = await terminal.json(*CREATE, "--password-stdin", stdin=FROM_STDIN)
    assert list(created) == FIELDS
    assert created["password"] is None
    (listed,) = (await terminal.json("merchants", "list"))["merchants"]
    assert listed == {
        "id": created["id"],
        "name": NAME,
        "email": EMAIL,
        "api_key": created["api_key"],
        "is_active": True,
        "has_password": True,
        "created_at": listed["created_at"],
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", listed["created_at"])
    end = await terminal.json("merchants", "deactivate", "--email", EMAIL)
    assert end == {"email": EMAIL, "is_active": False}


async def test_the_list_is_one_row_a_line(terminal: Terminal) -> None:
    assert await terminal.run("merchants", "list") == ["There is no merchant yet."]
    created = await terminal.json(*CREATE)
    header, row = await terminal.run("merchants", "list")
    assert re.split("  +", header) == ["Email", "Name", "Status", "Password", "Created", "API key", "ID"]
    email, name, status, password, _, api_key, merchant_id = re.split("  +", row)
    assert (email, name, status, password) == (EMAIL, NAME, "active", "set")
    assert (api_key, merchant_id) == (created["api_key"], created["id"])
    assert created["api_secret"] not in row


async def test_without_a_password_one_is_generated(terminal: Terminal, conn: Connection) -> None:
    created = await terminal.json(*CREATE)
    assert len(created["password"]) >= 20
    assert await signs_in(conn, created["password"])


async def test_another_password_ends_the_sessions(terminal: Terminal, conn: Connection) -> None:
    created = await terminal.json(*CREATE)
    await begin_session(conn, created["id"])
    command = ("merchants", "set-password", "--email", EMAIL.upper())
    lines = await terminal.run(*command, "--password-stdin", stdin="another long password\n")
    assert lines == [f"The password of {EMAIL} is set; its sessions have ended."]
    assert not await has_session(conn)
    assert not await signs_in(conn, created["password"])
    assert await signs_in(conn, "another long password")
    assert await signs_in(conn, (await terminal.run(*command))[-1].split()[-1])
    assert await signs_in(conn, (await terminal.json(*command))["password"])


async def test_an_inactive_merchant_is_refused_everywhere(terminal: Terminal, conn: Connection) -> None:
    created = await terminal.json(*CREATE)
    await begin_session(conn, created["id"])
    assert await terminal.run("merchants", "deactivate", "--email", EMAIL) == [f"{EMAIL} is inactive."]
    assert await find_credentials(conn, [created["api_key"]]) == {}
    assert not await signs_in(conn, created["password"])
    assert not await has_session(conn)
    assert "  inactive  " in (await terminal.run("merchants", "list"))[-1]


@pytest.mark.parametrize(
    ("arguments", "stdin", "reason"),
    [
        (
            ["create", "--name", "A", "--email", EMAIL],
            "",
            "a merchant with this e-mail address exists already",
        ),
        (["create", "--name", " ", "--email", "b@example.com"], "", "name is required"),
        (["create", "--name", "A", "--email", "no address"], "", "email must be an e-mail address"),
        (
            ["create", "--name", "A", "--email", "b@example.com", "--password-stdin"],
            "short\n",
            "password must be at least 12 characters",
        ),
        (["set-password", "--email", "b@example.com"], "", "Active merchant not found"),
        (["deactivate", "--email", "b@example.com"], "", "Active merchant not found"),
    ],
)
async def test_a_refusal_is_one_line_and_changes_nothing(
    terminal: Terminal, rows: Rows, arguments: list[str], stdin: str, reason: str
) -> None:
    await terminal.run(*CREATE)
    before = await rows.read("SELECT * FROM merchants")
    assert await terminal.refused("merchants", *arguments, stdin=stdin) == reason
    assert await rows.read("SELECT * FROM merchants") == before


async def test_what_a_terminal_would_obey_is_not_printed(terminal: Terminal, rows: Rows) -> None:
    await terminal.run(*CREATE)
    name = "\x1b]0;owned\x07\x9b31m[bold]\N{RIGHT-TO-LEFT OVERRIDE}"
    await rows.run("UPDATE merchants SET name = %s", (name,))
    lines = await terminal.run("merchants", "list")
    assert all(line.isprintable() for line in lines)
    assert "?]0;owned??31m[bold]?" in lines[-1]
    code, out, _ = await terminal.end("merchants", "list", "--json")
    assert (code, out.isascii()) == (0, True)
    assert all(line.isprintable() for line in out.splitlines())
    assert (await terminal.json("merchants", "list"))["merchants"][0]["name"] == name
