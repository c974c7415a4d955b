"""Every command: help, usage, settings, exit codes and the width of the terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from gateway_core import VERSION

if TYPE_CHECKING:
    from tests.conftest import Terminal

pytestmark = pytest.mark.integration

COMMANDS = (
    ("merchants", "create"),
    ("merchants", "list"),
    ("merchants", "set-password"),
    ("merchants", "deactivate"),
    ("review", "list"),
    ("review", "resolve"),
    ("encryption", "rotate"),
    ("migrate",),
    ("invariants",),
)
CREATE = ("merchants", "create", "--name", "Asha's Tea", "--email", "asha@example.com")


def on_a_terminal(columns: int, *arguments: str, **more: str) -> str:
    """What the command shows on a terminal of this width."""
    ours, theirs = pty.openpty()
    env: Mapping[str, str] = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **more}
    command = [sys.executable, "-m", "gateway_cli", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = bytearray()
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how a terminal says on Linux that its program has ended
        return b""


async def test_every_command_shows_how_it_is_used(terminal: Terminal) -> None:
    for command in COMMANDS:
        shown = "\n".join(await terminal.run(*command, "--help"))
        assert f"$ gateway {' '.join(command)}" in shown
        assert "--json" in shown


async def test_without_arguments_it_shows_its_commands(terminal: Terminal) -> None:
    code, out, err = await terminal.end()
    assert (code, err) == (2, "")
    assert all(f" {command[0]} " in out for command in COMMANDS)


async def test_it_says_its_version(terminal: Terminal) -> None:
    assert await terminal.run("--version") == [f"gateway {VERSION}"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["merchant"], "No such command 'merchant'. Did you mean 'merchants'? Try 'gateway --help'."),
        (
            ["merchants", "create", "--name", "A"],
            "Missing option '--email'. Try 'gateway merchants create --help'.",
        ),
        (["migrate", "now"], "Got unexpected extra argument(s) (now). Try 'gateway migrate --help'."),
    ],
)
async def test_wrong_usage_is_one_line(terminal: Terminal, arguments: list[str], reason: str) -> None:
    assert await terminal.refused(*arguments, exit_code=2) == reason


@pytest.mark.parametrize("command", [("merchants", "list"), CREATE, ("migrate",), ("encryption", "rotate")])
async def test_unusable_settings_are_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    reason = await terminal.refused(*command, exit_code=78)
    assert reason == "refusing to start: DATABASE_URL is not set"


@pytest.mark.parametrize("command", [("merchants", "list"), CREATE, ("migrate",), ("invariants",)])
async def test_an_unreachable_database_is_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    reason = await terminal.refused(*command)
    assert reason.startswith("the database ")
    assert "Connection refused" in reason
    assert "hunter2" not in reason


async def test_a_narrow_terminal_gets_a_line_for_each_value(terminal: Terminal) -> None:
    created = await terminal.json(*CREATE)
    wide = on_a_terminal(200, "merchants", "list", NO_COLOR="1")
    assert len(wide.splitlines()) == 2
    assert "\x1b" not in wide.replace("\x1b[1m", "").replace("\x1b[0m", "")  # bold is no colour
    for columns in (80, 60):
        lines = on_a_terminal(columns, "merchants", "list", TERM="dumb").splitlines()
        assert max(map(len, lines)) <= columns
        assert f"ID        {created['id']}" in lines


def test_a_reader_that_stops_early_is_no_error(terminal: Terminal) -> None:
    command = f"{sys.executable} -m gateway_cli --help | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
