"""``gateway migrate``, the first step of an installation and of every upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration


async def test_it_migrates_and_seeds_a_local_evaluation(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await terminal.json("migrate")
    assert told["test_merchant"] == "absent"
    monkeypatch.setenv("GATEWAY_ENV", "local")
    at_revision = f"The database is at revision {told['revision']}."
    assert await terminal.run("migrate") == [f"{at_revision} The test merchant was created."]
    assert await terminal.run("migrate") == [f"{at_revision} The test merchant exists already."]


async def test_production_refuses_the_published_merchant(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_ENV", "local")
    await terminal.run("migrate")
    monkeypatch.setenv("GATEWAY_ENV", "production")
    reason = "GATEWAY_ENV=production and the published test merchant is active"
    assert await terminal.refused("migrate", exit_code=78) == f"refusing to start: {reason}"
    await terminal.run("merchants", "deactivate", "--email", "test@example.com")
    await terminal.run("migrate")


async def test_a_database_that_refuses_connections_is_one_line(
    terminal: Terminal, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.replace("gateway_pass", "wrong"))
    reason = await terminal.refused("migrate")
    assert reason.startswith("the database is not migrated: ")
    assert "password authentication failed" in reason


async def test_a_database_of_another_program_is_one_line(terminal: Terminal, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ae1027a6acf'")
    assert "ae1027a6acf" in await terminal.refused("migrate")


async def test_a_later_version_is_left_as_it_is(terminal: Terminal, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert (await terminal.json("migrate"))["revision"] == "9999"
