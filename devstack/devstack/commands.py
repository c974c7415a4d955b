"""The commands behind `make run`, `stop`, `status`, `clean`, `psql` and `migrate`. Each returns its exit
code.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from devstack import binaries
from devstack.console import Console, RotatingLog
from devstack.errors import DevstackError
from devstack.health import answers_ok
from devstack.home import State, is_running, make_home, read_state, remove_data
from devstack.quickstart import quick_start
from devstack.services import gateway_environment, gateway_services
from devstack.settings import Settings
from devstack.supervisor import Supervisor

STOP_TIMEOUT_S = 60.0
START_TIMEOUT_S = 240.0
POLL_S = 0.1
LOG_TAIL_LINES = 30
BACKGROUND_LOG = "devstack.log"


def run(settings: Settings, *, in_background: bool = False) -> int:
    """Everything in this process's foreground; in the background what it says goes to a log file."""
    if not in_background:
        return _supervise(settings, Console(), follow_parent=True)
    with contextlib.closing(RotatingLog(settings.log_dir / BACKGROUND_LOG)) as log:
        return _supervise(settings, Console(log), follow_parent=False)


def _supervise(settings: Settings, console: Console, *, follow_parent: bool) -> int:
    services = gateway_services(settings)
    supervisor = Supervisor(
        settings, services, console=console, when_healthy=quick_start, follow_parent=follow_parent
    )
    return supervisor.run()


def run_detached(settings: Settings) -> int:
    """Starts a supervisor of its own session, shows its progress, and returns when it is healthy or has
    failed.
    """
    if is_running(settings):
        raise DevstackError(f"the gateway already runs on {settings.home}: `make stop` ends it")
    make_home(settings.home)
    settings.state_path.unlink(missing_ok=True)
    settings.log_dir.mkdir(exist_ok=True)
    log_path = settings.log_dir / BACKGROUND_LOG
    with log_path.open("ab") as log:
        said_before = log.tell()
        command = [sys.executable, "-m", "devstack", "run", "--in-background"]
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=os.environ
        )
    try:
        return _wait_until_healthy(settings, child, log_path, said_before)
    except KeyboardInterrupt:
        child.terminate()
        child.wait(STOP_TIMEOUT_S)
        return 130


def _wait_until_healthy(
    settings: Settings, child: subprocess.Popen[bytes], log_path: Path, said_before: int
) -> int:
    shown = 0
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        ended = child.poll() is not None
        state = read_state(settings)
        if state is not None:
            print(*(f"{line}\n" for line in state.progress[shown:]), sep="", end="", flush=True)
            shown = len(state.progress)
            if state.phase == "healthy":
                print(f"\nIt runs in the background; its log is {log_path}. `make status`, `make stop`.")
                return 0
        if ended:
            said = log_path.read_bytes()[said_before:].decode(errors="replace")
            print(*said.splitlines()[-LOG_TAIL_LINES:], sep="\n", file=sys.stderr)
            raise DevstackError(f"it did not start (log: {log_path})")
        time.sleep(POLL_S)
    child.terminate()
    raise DevstackError(f"not healthy within {START_TIMEOUT_S:.0f} s (log: {log_path})")


def stop(settings: Settings) -> int:
    state = read_state(settings)
    if not is_running(settings) or state is None:
        print("not running")
        return 0
    _signal(state.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while is_running(settings):
        if time.monotonic() > deadline:
            _signal(state.pid, signal.SIGKILL)  # its children follow it
            raise DevstackError(f"it did not stop within {STOP_TIMEOUT_S:.0f} s and was killed")
        time.sleep(POLL_S)
    print("stopped")
    return 0


def _signal(pid: int, number: int) -> None:
    try:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    except PermissionError:
        raise DevstackError(f"process {pid} belongs to another user: stop it as that user") from None


def status(settings: Settings) -> int:
    state = read_state(settings) if is_running(settings) else None
    if state is None:
        print(f"not running ({settings.home})")
        return 1
    print(f"{state.phase}   supervisor {state.pid}   {settings.home}")
    print(f"{'NAME':<20}{'PID':>8}  {'HEALTH':<10}{'RESTARTS':>8}  PORTS")
    healthy = state.phase == "healthy"
    for process in state.processes:
        well = _is_well(process.pid, process.health_url)
        healthy = healthy and well
        ports = ", ".join(str(port) for port in process.ports.values())
        health = "ok" if well else "NOT OK"
        print(f"{process.name:<20}{process.pid:>8}  {health:<10}{process.restarts:>8}  {ports}")
    return 0 if healthy else 1


def _is_well(pid: int, health_url: str | None) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return answers_ok(health_url)


def clean(settings: Settings) -> int:
    stop(settings)
    remove_data(settings)
    print(f"removed the data in {settings.home}")
    return 0


def execute(settings: Settings, words: list[str]) -> int:
    """Becomes the command, which finds DATABASE_URL, REDIS_URL and PostgreSQL's client programs."""
    env = _environment_of_running(settings)
    command = [word for word in words if word != "--"]
    if not command:
        raise DevstackError("exec needs a command")
    with contextlib.suppress(DevstackError):
        env["PATH"] = f"{env.get('PATH', os.defpath)}{os.pathsep}{binaries.find_postgres().bin_dir}"
    try:
        os.execvpe(command[0], command, env)
    except FileNotFoundError:
        raise DevstackError(f"{command[0]} is not installed") from None


def operate(settings: Settings, words: list[str]) -> int:
    """Becomes the command `gateway`, on the gateway that runs here unless DATABASE_URL names another database."""
    state = read_state(settings) if is_running(settings) else None
    env = operator_environment(settings, state)
    os.execve(sys.executable, [sys.executable, "-m", "gateway_cli", *words], env)


def operator_environment(settings: Settings, state: State | None) -> dict[str, str]:
    """The running gateway's; for another database the user's own, without the defaults of a local evaluation."""
    if state is None or state.database_url is None:
        return dict(settings.environment)
    if settings.database_url not in {None, state.database_url}:
        return dict(settings.environment)
    return gateway_environment(settings, state.database_url, state.redis_url or "")


def _environment_of_running(settings: Settings) -> dict[str, str]:
    state = read_state(settings) if is_running(settings) else None
    database_url = settings.database_url or (state.database_url if state else None)
    redis_url = settings.redis_url or (state.redis_url if state else None)
    if database_url is None:
        raise DevstackError("nothing runs: `make run` first, or set DATABASE_URL")
    return gateway_environment(settings, database_url, redis_url or "")
