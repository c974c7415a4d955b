"""Restart waits, log lines, and what `make clean` may remove."""

from __future__ import annotations

import io
import os
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from devstack.cluster import see_off_former_postmaster
from devstack.console import Console, RotatingLog
from devstack.errors import DevstackError
from devstack.home import State, is_running, read_state, remove_data, take_lock, write_state
from devstack.managed import MAX_WAIT_S, STABLE_AFTER_S, ServiceProcess
from devstack.services import Service
from devstack.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"GATEWAY_HOME": str(tmp_path / "home")})


def _service() -> ServiceProcess:
    return ServiceProcess(Service("api", ("true",), "", {}), {}, Console(io.StringIO()))


def test_the_wait_before_a_restart_doubles_up_to_its_bound() -> None:
    service = _service()
    waits = [service.plan_restart(now=1.0) for _ in range(9)]
    assert waits[:3] == [0.1, 0.2, 0.4]
    assert waits[-1] == MAX_WAIT_S
    assert service.restarts == 9


def test_a_service_that_ran_for_long_is_back_at_once() -> None:
    service = _service()
    for _ in range(5):
        service.plan_restart(now=1.0)
    assert service.plan_restart(now=STABLE_AFTER_S) == 0.1
    assert service.restart_at == STABLE_AFTER_S + 0.1


def test_a_line_stands_behind_its_process_name() -> None:
    out = io.StringIO()
    Console(out).log("api", 'File "app.py", line 3')
    assert out.getvalue() == 'api                | File "app.py", line 3\n'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_a_terminal_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    out = Terminal()
    Console(out).log("api", "a line")
    assert ("\x1b" in out.getvalue()) is coloured


def test_a_terminal_that_went_away_is_no_error() -> None:
    out = io.StringIO()
    gone = Console(out)
    out.close()
    gone.log("api", "still working")


def test_a_log_file_is_set_aside_once_it_is_long(tmp_path: Path) -> None:
    with closing(RotatingLog(tmp_path / "log" / "devstack.log", max_bytes=20)) as log:
        for number in range(4):
            log.write(f"line number {number}\n")
            log.flush()
    assert (tmp_path / "log" / "devstack.log.1").read_text() == "line number 2\nline number 3\n"
    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == ["devstack.log", "devstack.log.1"]


def test_one_run_at_a_time_on_one_home(settings: Settings) -> None:
    assert not is_running(settings)
    with take_lock(settings):
        assert is_running(settings)
        with pytest.raises(DevstackError, match="already runs on"):
            take_lock(settings)
    assert not is_running(settings)


def test_a_home_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = read_settings({"GATEWAY_HOME": str(tmp_path / "file" / "home")})
    with pytest.raises(DevstackError, match="set GATEWAY_HOME to another folder"):
        take_lock(blocked)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_the_home_of_another_user_is_one_clear_line(settings: Settings) -> None:
    take_lock(settings).close()
    settings.lock_path.chmod(0o400)
    with pytest.raises(DevstackError, match="belongs to another user: run as that user"):
        is_running(settings)


def test_state_is_read_as_it_was_written(settings: Settings) -> None:
    assert read_state(settings) is None
    settings.home.mkdir()
    state = State(pid=7, phase="healthy", progress=["up"], database_url="postgresql://db")
    write_state(settings, state)
    assert read_state(settings) == state


def test_a_state_that_a_power_cut_has_emptied_is_none(settings: Settings) -> None:
    settings.home.mkdir()
    settings.state_path.touch()
    assert read_state(settings) is None


@pytest.mark.parametrize("content", ["", "{pid}\n/srv/data\n"], ids=["empty", "of somebody else"])
def test_a_pid_file_of_no_postmaster_is_removed(tmp_path: Path, content: str) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(content.format(pid=os.getpid()))
    see_off_former_postmaster(tmp_path)
    assert not pid_file.exists()


def test_a_postmaster_that_still_shuts_down_is_waited_for(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as former:
        (tmp_path / "postmaster.pid").write_text(f"{former.pid}\n")
        waiting = threading.Thread(target=see_off_former_postmaster, args=[tmp_path])
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        former.kill()
    waiting.join(10)
    assert not waiting.is_alive()


def test_clean_removes_only_what_devstack_made(settings: Settings) -> None:
    (settings.home / "postgres" / "base").mkdir(parents=True)
    (settings.home / "log").mkdir()
    write_state(settings, State(pid=7))
    (settings.home / "thesis.txt").write_text("not ours")
    remove_data(settings)
    assert [path.name for path in settings.home.iterdir()] == ["thesis.txt"]


def test_clean_removes_an_empty_home(settings: Settings) -> None:
    write_lock = take_lock(settings)
    write_lock.close()
    remove_data(settings)
    assert not settings.home.exists()
