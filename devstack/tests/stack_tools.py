"""Runs stub_stack.py and looks at what it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from devstack.home import ProcessState, State, read_state
from devstack.settings import Settings, read_settings

STUB_STACK = Path(__file__).with_name("stub_stack.py")
WAIT_S = 40.0
POLL_S = 0.05
ABOVE_BLOCKED = 10_081
"""Browsers and Node fetch nothing from port 10080, the highest that the Fetch standard blocks."""


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = WAIT_S) -> float:
    """The seconds until `condition` held. Fails the test after `timeout_s`."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > timeout_s:
            raise AssertionError(f"not within {timeout_s:.0f} s: {what}")
        time.sleep(POLL_S)
    return time.monotonic() - started


def alive(pid: int) -> bool:
    """False as well for a process that ended and is not reaped yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_ports(count: int) -> int:
    """The first of `count` consecutive free ports, below those that the kernel hands out."""
    for attempt in range(100):
        first = ABOVE_BLOCKED + (os.getpid() * 7 + attempt) * 31 % 20_000
        with ExitStack() as probes:
            try:
                for port in range(first, first + count):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


@dataclass
class Stack:
    """A supervisor in a process of its own, on a home and ports of its own."""

    process: subprocess.Popen[bytes]
    settings: Settings
    output_path: Path

    @property
    def state(self) -> State | None:
        return read_state(self.settings)

    @property
    def output(self) -> str:
        return self.output_path.read_text(errors="replace")

    def phase(self) -> str | None:
        return self.state.phase if self.state else None

    def wait_until_healthy(self) -> None:
        wait_for(lambda: self.phase() == "healthy" or self.process.poll() is not None, "healthy")
        assert self.phase() == "healthy", self.output

    def started(self, name: str) -> ProcessState:
        assert self.state is not None
        return next(process for process in self.state.processes if process.name == name)

    def pids(self) -> list[int]:
        assert self.state is not None
        return [self.state.pid, *(process.pid for process in self.state.processes)]


def environment(home: Path, first_port: int) -> dict[str, str]:
    """Ports: two servers, then nothing of the services' own, which the stub gets as an argument."""
    names = ("POSTGRES_PORT", "REDIS_PORT")
    ports = {name: str(first_port + offset) for offset, name in enumerate(names)}
    return {**os.environ} | ports | {"GATEWAY_HOME": str(home)}


@contextmanager
def running_stack(
    folder: Path,
    *names: str,
    first_port: int | None = None,
    variables: Mapping[str, str] | None = None,
    on_hangup: signal.Handlers = signal.SIG_DFL,
) -> Iterator[Stack]:
    """Starts a stack of stubs. What is left of it after the block is killed.

    ``on_hangup`` is what it inherits for SIGHUP, whatever the tests themselves were started under.
    """
    first_port = first_port or free_ports(2 + len(names))
    env = environment(folder / "home", first_port) | dict(variables or {})
    output_path = folder / "output.txt"
    with output_path.open("wb") as output:
        command = [sys.executable, str(STUB_STACK), str(first_port + 2), *names]
        process = subprocess.Popen(
            command,
            env=env,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            preexec_fn=partial(signal.signal, signal.SIGHUP, on_hangup),  # noqa: PLW1509 -- no threads here
        )
    try:
        yield Stack(process, read_settings(env), output_path)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(WAIT_S)
