"""Children that never outlive this process, whatever kills it, and that need not be root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from devstack.errors import DevstackError

LAUNCHER = Path(__file__).with_name("launch.py")
UNPRIVILEGED_USERS = ("postgres", "nobody")
STAY_WHO_WE_ARE = -1

# PR_SET_PDEATHSIG fires when the THREAD that forked ends, so every child is forked by this one, which lives
# as long as the process. Otherwise a server that was restarted from a pool's thread would die with that
# thread.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="devstack-spawner")


@dataclass(frozen=True)
class Account:
    """Who a child runs as. `capable` lets it pass through directories closed to its user; see launch.py."""

    uid: int = STAY_WHO_WE_ARE
    gid: int = STAY_WHO_WE_ARE
    capable: bool = False


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: int,
    cwd: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own (a terminal's Ctrl-C does not reach it); stderr joins stdout.

    `death_signal` is what the kernel sends it when this process ends in any way, SIGKILL included (Linux
    only).
    """
    who = account or Account()
    prefix = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal))]
    full = [*prefix, str(who.uid), str(who.gid), str(int(who.capable)), *map(str, command)]
    start = _spawner.submit(
        subprocess.Popen,
        full,
        cwd=cwd,
        env=dict(env),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return start.result()


def unprivileged_account(data_dir: Path, *programs: Path) -> Account:
    """Who a server runs as: us, or when we are root the owner of its data, else `postgres`, else `nobody`.

    Nothing is opened up for that user: where a directory above `data_dir` or the programs is closed to it,
    the account is `capable`. Raises DevstackError when root finds no other user.
    """
    if os.geteuid() != 0:
        return Account()
    uid, gid = _owner_of(data_dir) or _fallback_user()
    closed = any(not _reachable(path, uid, gid) for path in (data_dir, *programs))
    return Account(uid, gid, capable=closed)


def _owner_of(data_dir: Path) -> tuple[int, int] | None:
    if not data_dir.exists():
        return None
    found = data_dir.stat()
    return None if found.st_uid == 0 else (found.st_uid, found.st_gid)


def _fallback_user() -> tuple[int, int]:
    for name in UNPRIVILEGED_USERS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise DevstackError(
        "PostgreSQL refuses to run as root and this machine has neither a user postgres nor nobody"
    )


def _reachable(path: Path, uid: int, gid: int) -> bool:
    return all(_may_pass(parent.stat(), uid, gid) for parent in path.resolve().parents if parent.exists())


def _may_pass(directory: os.stat_result, uid: int, gid: int) -> bool:
    if directory.st_uid == uid:
        return bool(directory.st_mode & stat.S_IXUSR)
    if directory.st_gid == gid:
        return bool(directory.st_mode & stat.S_IXGRP)
    return bool(directory.st_mode & stat.S_IXOTH)
