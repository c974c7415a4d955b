"""The command as a shell runs it, on a database of the test's own."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gateway_cli.database import connect
from gateway_cli.main import main
from gateway_core.db.pool import Connection

ENCRYPTION_KEY = "k" * 32


class Terminal:
    """Runs ``gateway`` in a thread: it has an event loop of its own."""

    encryption_key = ENCRYPTION_KEY

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    async def end(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """(exit code, stdout, stderr)."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = await asyncio.to_thread(_exit_code, arguments)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    async def run(self, *arguments: str, stdin: str = "") -> list[str]:
        """The lines on stdout."""
        code, out, err = await self.end(*arguments, stdin=stdin)
        assert (code, err) == (0, "")
        return out.splitlines()

    async def json(self, *arguments: str, stdin: str = "", exit_code: int = 0) -> Any:
        """The document on stdout."""
        code, out, err = await self.end(*arguments, "--json", stdin=stdin)
        assert (code, err) == (exit_code, "")
        return json.loads(out)

    async def refused(self, *arguments: str, stdin: str = "", exit_code: int = 1) -> str:
        """The one line on stderr."""
        code, out, err = await self.end(*arguments, stdin=stdin)
        assert (code, out, err.count("\n")) == (exit_code, "", 1)
        return err.strip()


def _exit_code(arguments: tuple[str, ...]) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture
def terminal(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """In production, as an operator of it has the variables."""
    for name, value in {
        "GATEWAY_ENV": "production",
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEY": ENCRYPTION_KEY,
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("REDIS_URL", "ENCRYPTION_OLD_KEYS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(capsys, monkeypatch)


@pytest_asyncio.fixture
async def conn(database_url: str) -> AsyncIterator[Connection]:
    async with connect(database_url) as opened:
        yield opened
