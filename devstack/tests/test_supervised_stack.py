"""The supervisor over real servers and stub services: it keeps them running and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from stack_tools import STUB_STACK, Stack, alive, environment, free_ports, running_stack, wait_for

from devstack.home import is_running
from devstack.servers import Server
from devstack.settings import read_settings

pytestmark = pytest.mark.integration

RESTART_BOUND_S = 3.0
GONE_BOUND_S = 20.0


def _wait_until_gone(pids: list[int]) -> None:
    wait_for(lambda: not any(alive(pid) for pid in pids), f"{pids} are gone", GONE_BOUND_S)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(tmp_path: Path, number: signal.Signals) -> None:
    with running_stack(tmp_path, "api", "worker") as stack:
        stack.wait_until_healthy()
        pids = stack.pids()
        assert len(pids) == 5
        stack.process.send_signal(number)
        assert stack.process.wait(GONE_BOUND_S) == 0
        assert not any(alive(pid) for pid in pids)
        assert not is_running(stack.settings)


def test_under_nohup_it_outlives_the_terminal(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api", on_hangup=signal.SIG_IGN) as stack:
        stack.wait_until_healthy()
        stack.process.send_signal(signal.SIGHUP)
        pid = stack.started("api").pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: stack.started("api").restarts == 1, "the supervisor went on")


def test_a_killed_supervisor_leaves_no_process(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api", "worker") as stack:
        stack.wait_until_healthy()
        pids = stack.pids()
        stack.process.kill()
        stack.process.wait()
        _wait_until_gone(pids)


def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    first_port = free_ports(3)
    env = environment(tmp_path / "home", first_port)
    program = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    command = [sys.executable, "-c", program, sys.executable, str(STUB_STACK), str(first_port + 2), "api"]
    with (tmp_path / "output.txt").open("wb") as output:
        parent = subprocess.Popen(command, env=env, stdout=output, stderr=output)
    stack = Stack(parent, read_settings(env), tmp_path / "output.txt")
    stack.wait_until_healthy()
    pids = stack.pids()
    parent.kill()
    parent.wait()
    _wait_until_gone(pids)
    assert stack.phase() == "stopped"


def test_a_terminal_closed_over_make_leaves_no_process(
    tmp_path: Path, postgres_server: Server, redis_server: Server
) -> None:
    """`ssh -t host make run`: make leads the session, is the only one to be told, and waits for its child."""
    first_port = free_ports(3)
    own = {"DATABASE_URL": postgres_server.url, "REDIS_URL": redis_server.url}
    env = environment(tmp_path / "home", first_port) | own
    make = (
        "import fcntl, signal, subprocess, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        "signal.signal(signal.SIGHUP, lambda *_: None); subprocess.run(sys.argv[1:])"
    )
    command = [sys.executable, "-c", make, sys.executable, str(STUB_STACK), str(first_port + 2), "api"]
    terminal, ours = os.openpty()
    with (tmp_path / "output.txt").open("wb") as output:
        parent = subprocess.Popen(
            command, env=env, stdin=ours, stdout=output, stderr=output, start_new_session=True
        )
    os.close(ours)
    stack = Stack(parent, read_settings(env), tmp_path / "output.txt")
    try:
        stack.wait_until_healthy()
        pids = stack.pids()
        os.close(terminal)
        _wait_until_gone([*pids, parent.pid])
    finally:
        parent.kill()
        parent.wait()


def test_a_killed_service_is_back_soon(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api", "worker") as stack:
        stack.wait_until_healthy()
        other, before = stack.started("api"), stack.started("worker")
        os.kill(before.pid, signal.SIGKILL)
        took_s = wait_for(lambda: stack.started("worker").pid not in {before.pid, 0}, "a new worker")
        assert took_s < RESTART_BOUND_S
        assert stack.started("worker").restarts == 1
        assert stack.started("api").pid == other.pid
        assert "worker was ended by SIGKILL; it is started again in" in stack.output


def test_a_killed_server_is_back_with_its_data(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api") as stack:
        stack.wait_until_healthy()
        assert stack.state is not None
        assert stack.state.redis_url is not None
        before = stack.started("postgres").pid
        os.kill(before, signal.SIGKILL)
        url = str(stack.state.database_url)
        wait_for(lambda: stack.started("postgres").pid != before, "a new PostgreSQL")
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_data_survives_a_restart(tmp_path: Path) -> None:
    for starts in (1, 2):
        with running_stack(tmp_path, "api") as stack:
            stack.wait_until_healthy()
            assert stack.state is not None
            with psycopg.connect(str(stack.state.database_url)) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz)")
                connection.execute("INSERT INTO starts VALUES (now())")
                assert connection.execute("SELECT count(*) FROM starts").fetchone() == (starts,)
            with Redis.from_url(str(stack.state.redis_url)) as client:
                assert client.incr("starts") == starts


def test_a_taken_port_is_one_line_that_names_the_variable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running_stack(tmp_path, "api", first_port=port - 2) as stack:
            assert stack.process.wait(GONE_BOUND_S) == 1
            output = stack.output
    assert output == f"error: port {port} is taken by another program: set API_PORT to a free one\n"


def test_a_server_of_the_users_own_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        url = f"postgresql://gateway_user:gateway_pass@127.0.0.1:{port}/payment_gateway"
        with running_stack(tmp_path, "api", variables={"DATABASE_URL": url}) as stack:
            assert stack.process.wait(GONE_BOUND_S) == 1
            assert stack.output == f"error: DATABASE_URL names 127.0.0.1:{port}, but nothing answers there\n"


def test_servers_of_the_users_own_are_used_and_left_running(
    tmp_path: Path, postgres_server: Server, redis_server: Server
) -> None:
    variables = {"DATABASE_URL": postgres_server.url, "REDIS_URL": redis_server.url}
    with running_stack(tmp_path, "api", variables=variables) as stack:
        stack.wait_until_healthy()
        assert stack.state is not None
        assert [process.name for process in stack.state.processes] == ["api"]
    assert postgres_server.running()
    assert redis_server.running()


def test_a_second_run_on_the_same_home_is_refused(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api") as stack:
        stack.wait_until_healthy()
        command = [sys.executable, str(STUB_STACK), "1", "api"]
        env = dict(stack.settings.environment)
        second = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)
        assert second.returncode == 1
        assert second.stderr.startswith("devstack: the gateway already runs on")
        assert second.stderr.count("\n") == 1
        assert stack.phase() == "healthy"


def test_a_service_that_cannot_start_ends_the_run_and_its_traceback_is_readable(tmp_path: Path) -> None:
    with running_stack(tmp_path, "api", "crash") as stack:
        assert stack.process.wait(60) == 1
        pids = stack.pids()
        output = stack.output
    assert "crash              | RuntimeError: a stub that cannot start\n" in output
    assert "crash              | Traceback (most recent call last):\n" in output
    assert "error: crash keeps ending: the reason stands above\n" in output
    assert not any(alive(pid) for pid in pids)
