"""Makes the folders that the servers run on, with the right owner and, for PostgreSQL, role and database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from devstack.errors import DevstackError
from devstack.ports import LOOPBACK
from devstack.process import Account, spawn

DATABASE = "payment_gateway"
USER = "gateway_user"
PASSWORD = "gateway_pass"  # noqa: S105 - local evaluation only, published in the contract
INITDB_TIMEOUT_S = 120.0
FORMER_TIMEOUT_S = 20.0
POLL_S = 0.05


def make_cluster(bin_dir: Path, data_dir: Path, account: Account, durable: bool) -> None:
    """initdb, role and database in a folder beside, then one rename: a half-made cluster is never taken for
    one.
    """
    making = data_dir.with_name(data_dir.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    make_folder(making, account)
    options = ["-U", "postgres", "--auth=reject", "--encoding=UTF8", "--locale=C"]
    sync = [] if durable else ["--no-sync"]
    _run_once([bin_dir / "initdb", "-D", making, *options, *sync], making, account)
    # A login needs a password, and the superuser has none: no one can log in as postgres.
    (making / "pg_hba.conf").write_text(f"host all all {LOOPBACK}/32 scram-sha-256\n", encoding="utf-8")
    statements = (
        f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{PASSWORD}'\n"
        f"GRANT pg_monitor TO {USER}\n"
        f"CREATE DATABASE {DATABASE} OWNER {USER}\n"
    )
    single_user = ["--single", "-D", str(making), "-c", "exit_on_error=on", "postgres"]
    _run_once([bin_dir / "postgres", *single_user], making, account, statements)
    making.rename(data_dir)


def _run_once(command: Sequence[str | Path], folder: Path, account: Account, text: str = "") -> None:
    process = spawn(
        command,
        death_signal=signal.SIGKILL,
        cwd=folder,
        env=server_env(),
        account=account,
        stdin=subprocess.PIPE,
    )
    said, _ = process.communicate(text.encode(), timeout=INITDB_TIMEOUT_S)
    if process.returncode != 0:
        name = Path(command[0]).name
        raise DevstackError(
            f"{name} could not make the database in {folder}:\n{said.decode(errors='replace')}"
        )


def make_folder(folder: Path, account: Account) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.uid < 0:
        return
    try:
        os.chown(folder, account.uid, account.gid)
    except OSError:  # a user namespace that has no other user
        raise DevstackError(
            f"this root cannot hand {folder} to user {account.uid}: run as an ordinary user,"
            " or set DATABASE_URL and REDIS_URL"
        ) from None


def see_off_former_postmaster(data_dir: Path) -> None:
    """Waits for a postmaster that is still shutting down, and removes the pid file of one that no longer runs.

    After a power cut the pid in postmaster.pid may belong to another process, or the file may be empty:
    PostgreSQL then refuses to start. A postmaster works in its data folder; a process that does not is another
    one.
    """
    pid_file = data_dir / "postmaster.pid"
    deadline = time.monotonic() + FORMER_TIMEOUT_S
    while _works_in(_pid_in(pid_file), data_dir):
        if time.monotonic() > deadline:
            return  # PostgreSQL says whose folder it is
        time.sleep(POLL_S)
    if sys.platform == "linux":  # elsewhere a process's folder cannot be read
        pid_file.unlink(missing_ok=True)


def _pid_in(pid_file: Path) -> int:
    """0 for none."""
    try:
        return int(pid_file.read_text(encoding="utf-8").partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return 0


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def server_env() -> dict[str, str]:
    """Not ours: a stray PGPORT or LC_ALL must not change what a server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def major_of(data_dir: Path) -> int | None:
    try:
        return int((data_dir / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except PermissionError:
        raise DevstackError(
            f"{data_dir} belongs to another user: run as that user, or set GATEWAY_HOME"
        ) from None
