"""PostgreSQL and Redis on loopback: for `make run`, and throw-away ones for tests.

    from devstack.servers import start_postgres, start_redis

    postgres = start_postgres(tmp_path / "postgres")       # on a free port; nothing is synced to disk
    redis = start_redis(tmp_path / "redis", durable=True)  # append-only file: survives stop() and kill()
    postgres.url  # postgresql://gateway_user:gateway_pass@127.0.0.1:<port>/payment_gateway
    redis.url     # redis://127.0.0.1:<port>/0
    redis.stop(); ...; redis.start()   # away for a while, then back on the same port with the same data
    postgres.restart()                 # clean: connections are cut, data kept
    postgres.kill(); postgres.start()  # SIGKILL, as a crash; start() goes through crash recovery
    postgres.process.pid, postgres.running()

Every call returns when the server answers (start) or is gone (stop, kill), or raises DevstackError after a
bound. The calls block: from async code use `await asyncio.to_thread(redis.stop)`; any thread will do. A
server dies with the process that started it, even on SIGKILL, so a forgotten stop() leaves nothing behind;
the data folder is yours to remove. As root the servers run as another user, see process.unprivileged_account.

The role `gateway_user` owns the database, may create others (template databases) and is no superuser.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devstack import binaries
from devstack.cluster import (
    DATABASE,
    PASSWORD,
    USER,
    major_of,
    make_cluster,
    make_folder,
    see_off_former_postmaster,
    server_env,
)
from devstack.errors import DevstackError
from devstack.ports import LOOPBACK, free_port
from devstack.process import Account, spawn, unprivileged_account

START_TIMEOUT_S = 60.0  # crash recovery included
STOP_TIMEOUT_S = 20.0
POLL_INTERVAL_S = 0.02
LOG_TAIL_BYTES = 2_000
REDIS_MAXMEMORY = "512mb"
REDIS_INFO_LINES = 30  # the section `server`, which names the pid

POSTGRES_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "dynamic_shared_memory_type": "mmap",  # in the data folder: in /dev/shm a killed server's would stay for ever
}
DURABLE_POSTGRES = {"shared_buffers": "256MB", "max_wal_size": "2GB", "checkpoint_timeout": "15min"}
THROWAWAY_POSTGRES = {
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "autovacuum": "off",  # its workers hold up DROP DATABASE, and nothing here lives long enough to need them
}


@dataclass
class Server:
    """One running server. Made by start_postgres and start_redis."""

    name: str
    url: str
    port: int
    data_dir: Path
    log_path: Path
    command: tuple[str, ...]
    account: Account
    stop_signal: int
    ready: Callable[[Server], bool]
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _said_before: int = field(default=0, repr=False)  # length of the log when it was last started

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server's main process (of the last start). Its pid is `process.pid`."""
        if self._process is None:
            raise DevstackError(f"{self.name} was never started")
        return self._process

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Starts it (again) on its port and data, and returns once it answers. Does nothing when it runs.

        Raises DevstackError, with the end of its log, when it ends or does not answer within `timeout_s`.
        """
        if self.running():
            return
        with self.log_path.open("ab") as log:
            self._said_before = log.tell()
            self._process = spawn(
                self.command,
                death_signal=self.stop_signal,
                cwd=self.data_dir,
                env=server_env(),
                account=self.account,
                stdout=log,
            )
        self._wait_until_ready(timeout_s)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Shuts it down cleanly (clients are cut off), or kills it after `timeout_s`. Does nothing when it is
        gone.
        """
        if not self.running():
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to the server and its children: a crash. What was not durable is lost."""
        if not self.running():
            return
        children = _children_of(self.process.pid)
        self.process.kill()
        self.process.wait()
        for pid in children:
            _kill_and_wait(pid)

    def restart(self) -> None:
        """stop() and start(): same port, same data, another pid."""
        self.stop()
        self.start()

    def _wait_until_ready(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not self.ready(self):
            if not self.running():
                raise DevstackError(
                    f"{self.name} ended while starting; its log says:\n{_tail(self.log_path, self._said_before)}"
                )
            if time.monotonic() > deadline:
                self.kill()
                raise DevstackError(
                    f"{self.name} did not answer on port {self.port} within {timeout_s:.0f} s"
                )
            time.sleep(POLL_INTERVAL_S)


def start_postgres(
    data_dir: Path, port: int | None = None, *, durable: bool = False, log_path: Path | None = None
) -> Server:
    """Starts PostgreSQL (>= 15) on `data_dir`, which is made with role and database when it does not exist.

    `port` None takes a free one. `durable` False turns off every sync to disk: for tests. The log goes to
    `log_path`, by default beside the data folder. Raises DevstackError.
    """
    data_dir = data_dir.absolute()
    programs = binaries.find_postgres(major_of(data_dir))
    account = unprivileged_account(data_dir, programs.bin_dir / "postgres")
    if not data_dir.exists():
        make_cluster(programs.bin_dir, data_dir, account, durable)
    see_off_former_postmaster(data_dir)
    port = port or free_port()
    settings = POSTGRES_SETTINGS | (DURABLE_POSTGRES if durable else THROWAWAY_POSTGRES) | {"port": str(port)}
    options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    server = Server(
        name="postgres",
        url=f"postgresql://{USER}:{PASSWORD}@{LOOPBACK}:{port}/{DATABASE}",
        port=port,
        data_dir=data_dir,
        log_path=log_path or data_dir.with_name(data_dir.name + ".log"),
        command=(str(programs.bin_dir / "postgres"), "-D", str(data_dir), *options),
        account=account,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: rolls back, writes a checkpoint, ends
        ready=_postgres_is_ready,
    )
    server.start()
    return server


def start_redis(
    data_dir: Path, port: int | None = None, *, durable: bool = False, log_path: Path | None = None
) -> Server:
    """Starts Redis or Valkey (>= 6.2) on `data_dir`. `durable` True keeps an append-only file, synced every
    second.

    Parameters and errors as start_postgres. Never evicts: beyond 512 MB it refuses writes.
    """
    data_dir = data_dir.absolute()
    program = binaries.find_redis()
    account = unprivileged_account(data_dir, program)
    make_folder(data_dir, account)
    port = port or free_port()
    settings = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(data_dir),
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": REDIS_MAXMEMORY,
        "maxmemory-policy": "noeviction",
    }
    server = Server(
        name="redis",
        url=f"redis://{LOOPBACK}:{port}/0",
        port=port,
        data_dir=data_dir,
        log_path=log_path or data_dir.with_name(data_dir.name + ".log"),
        command=(str(program), *(part for name, value in settings.items() for part in (f"--{name}", value))),
        account=account,
        stop_signal=signal.SIGTERM,
        ready=_redis_is_ready,
    )
    server.start()
    return server


def _postgres_is_ready(server: Server) -> bool:
    """As pg_ctl does it: postmaster.pid holds our pid in its first line and the state in its eighth."""
    try:
        lines = (server.data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return (
        len(lines) >= 8 and lines[0] == str(server.process.pid) and lines[7].strip() in ("ready", "standby")
    )


def _redis_is_ready(server: Server) -> bool:
    """It has loaded its data, and it is ours: another Redis on the port has another pid."""
    try:
        with socket.create_connection((LOOPBACK, server.port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\nINFO server\r\n")
            with connection.makefile("rb") as answer:
                if answer.readline() != b"+PONG\r\n":
                    return False
                lines = itertools.islice(answer, REDIS_INFO_LINES)
                return f"process_id:{server.process.pid}\r\n".encode() in lines
    except OSError:
        return False


def _children_of(pid: int) -> list[int]:
    """PostgreSQL's backends sit in process groups of their own: a group kill misses them. Linux only."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill_and_wait(pid: int) -> None:
    """Kills the process and waits: until it has ended, it holds shared memory that the next start needs."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while _alive(pid) and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        time.sleep(POLL_INTERVAL_S)


def _alive(pid: int) -> bool:
    """False also for one that ended and waits to be reaped by init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _tail(path: Path, start: int) -> str:
    with path.open("rb") as log:
        log.seek(max(start, path.stat().st_size - LOG_TAIL_BYTES))
        return log.read().decode(errors="replace").rstrip()
