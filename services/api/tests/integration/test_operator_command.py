"""``python -m api.merchants``: how a production gateway gets its first merchant."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from api.merchants import __main__ as command
from gateway_core.runtime.crypto import Cipher
from gateway_core.testing.rows import Rows

if TYPE_CHECKING:
    from tests.conftest import Gateway

pytestmark = pytest.mark.integration

EMAIL, PASSWORD = "asha@example.com", "correct horse battery staple"
PRODUCTION: dict[str, Any] = {
    "gateway_env": "production",
    "encryption_key": "k" * 32,
    "dashboard_origins": "http://localhost:3000",
}


class Terminal:
    """Runs the command as a shell would, in a thread: it has an event loop of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    async def run(self, *arguments: str, stdin: str = "") -> list[str]:
        """The lines on stdout."""
        code, out, err = await self._end(arguments, stdin)
        assert (code, err) == (0, "")
        return out.splitlines()

    async def refused(self, *arguments: str, stdin: str = "") -> str:
        """The one line on stderr."""
        code, out, err = await self._end(arguments, stdin)
        assert (code, out, err.count("\n")) == (1, "", 1)
        return err.strip()

    async def create(self, email: str = EMAIL, password: str | None = PASSWORD) -> dict[str, str]:
        """What is shown of a new merchant, by its label."""
        read = [] if password is None else ["--password-stdin"]
        lines = await self.run(
            "create", "--name", "Asha's Tea", "--email", email, *read, stdin=f"{password}\r\nnot this\n"
        )
        assert lines.pop() == "The secrets are not shown again."
        return dict(re.split("  +", line) for line in lines)

    async def _end(self, arguments: tuple[str, ...], stdin: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = await asyncio.to_thread(_exit_code, arguments)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err


def _exit_code(arguments: tuple[str, ...]) -> int:
    try:
        command.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def terminal(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    monkeypatch.setenv("GATEWAY_ENV", "production")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ENCRYPTION_KEY", PRODUCTION["encryption_key"])
    return Terminal(capsys, monkeypatch)


@pytest_asyncio.fixture
async def gateway(make_gateway: Callable[..., Gateway]) -> Gateway:
    return make_gateway(**PRODUCTION)


async def signs_in(gateway: Gateway, password: str) -> bool:
    status = (await gateway.try_to_sign_in(EMAIL, password)).status_code
    assert status in (200, 401)
    return status == 200


async def test_a_new_merchant_signs_in_and_calls_with_what_is_shown_once(
    terminal: Terminal, gateway: Gateway, rows: Rows
) -> None:
    shown = await terminal.create("Asha@Example.com")
    assert set(shown) == {"id", "email", "api key", "api secret", "webhook secret"}
    assert shown["email"] == EMAIL
    headers = {"X-Api-Key": shown["api key"], "X-Api-Secret": shown["api secret"]}
    assert (await gateway.get("/api/v1/orders", headers=headers)).status_code == 200
    assert await signs_in(gateway, PASSWORD)
    sealed = await rows.one("SELECT webhook_secret_encrypted FROM merchants WHERE email = %s", (EMAIL,))
    assert Cipher(PRODUCTION["encryption_key"]).decrypt(sealed) == shown["webhook secret"]
    listing = "\n".join(await terminal.run("list"))
    assert shown["id"] in listing
    assert not [secret for secret in (shown["api secret"], shown["webhook secret"]) if secret in listing]


async def test_without_a_password_one_is_made(terminal: Terminal, gateway: Gateway) -> None:
    shown = await terminal.create(password=None)
    assert len(shown["password"]) >= 20
    assert await signs_in(gateway, shown["password"])


async def test_another_password_ends_the_sessions(terminal: Terminal, gateway: Gateway) -> None:
    await terminal.create()
    response = await gateway.try_to_sign_in(EMAIL, PASSWORD)
    cookie = {"Cookie": response.headers["set-cookie"].partition(";")[0]}
    lines = await terminal.run(
        "set-password", "--email", EMAIL, "--password-stdin", stdin="another long password\n"
    )
    assert lines == [f"The password of {EMAIL} is set; its sessions have ended."]
    assert (await gateway.get("/api/v1/session", headers=cookie)).status_code == 401
    assert not await signs_in(gateway, PASSWORD)
    assert await signs_in(gateway, "another long password")
    made = (await terminal.run("set-password", "--email", EMAIL))[-1].split()[-1]
    assert await signs_in(gateway, made)


async def test_an_inactive_merchant_is_let_in_by_nothing(terminal: Terminal, gateway: Gateway) -> None:
    shown = await terminal.create()
    response = await gateway.try_to_sign_in(EMAIL, PASSWORD)
    await terminal.run("deactivate", "--email", EMAIL)
    for headers in (
        {"X-Api-Key": shown["api key"], "X-Api-Secret": shown["api secret"]},
        {"Cookie": response.headers["set-cookie"].partition(";")[0]},
    ):
        assert (await gateway.get("/api/v1/orders", headers=headers)).status_code == 401
    assert not await signs_in(gateway, PASSWORD)
    (line,) = [each for each in await terminal.run("list") if EMAIL in each]
    assert "inactive" in line


async def test_the_seeded_merchant_can_be_ended_before_production(
    terminal: Terminal, gateway: Gateway
) -> None:
    await terminal.run("deactivate", "--email", "test@example.com")
    assert (await gateway.get("/api/v1/orders")).status_code == 401


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
    await terminal.create()
    before = await rows.read("SELECT * FROM merchants")
    assert await terminal.refused(*arguments, stdin=stdin) == reason
    assert await rows.read("SELECT * FROM merchants") == before


async def test_an_unreachable_database_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    reason = await terminal.refused("list")
    assert reason.startswith("the database did not answer")
    assert "hunter2" not in reason


async def test_what_a_terminal_would_obey_is_not_listed(terminal: Terminal, rows: Rows) -> None:
    await terminal.create()
    await rows.run("UPDATE merchants SET name = E'\\x1b]0;owned\\x07'")
    assert all(line.isprintable() for line in await terminal.run("list"))
