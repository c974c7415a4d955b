"""One process under the supervisor: its start, its unexpected end, when it is started again."""

from __future__ import annotations

import queue
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from devstack.binaries import REPOSITORY
from devstack.console import Console
from devstack.process import spawn
from devstack.servers import Server
from devstack.services import Service

FIRST_WAIT_S = 0.1
MAX_WAIT_S = 10.0
LAST_LINES_S = 1.0
STABLE_AFTER_S = 10.0  # one that ran so long is started again at once, whatever came before


@dataclass(frozen=True)
class Ended:
    """`code` as subprocess has it: negative for a signal."""

    managed: Managed
    process: subprocess.Popen[bytes]
    code: int

    def how(self) -> str:
        if self.code < 0:
            return f"was ended by {signal.Signals(-self.code).name}"
        return f"ended with exit code {self.code}"


Events = queue.SimpleQueue[Ended | int]  # an int is a signal's number


class Managed(ABC):
    def __init__(self, name: str, ports: Mapping[str, int], health_url: str | None) -> None:
        self.name = name
        self.ports = ports
        self.health_url = health_url
        self.restarts = 0
        self.restart_at: float | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._wait_s = FIRST_WAIT_S
        self._log: threading.Thread | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def start(self, events: Events) -> None:
        """Its end will be put into `events`. Raises DevstackError when it does not come up."""
        self.restart_at = None
        self._started_at = time.monotonic()
        self.process = self._launch()
        waiting = threading.Thread(
            target=self._report_end, args=(self.process, events), name=f"wait-{self.name}", daemon=True
        )
        waiting.start()

    def _report_end(self, process: subprocess.Popen[bytes], events: Events) -> None:
        code = process.wait()
        if self._log is not None:
            self._log.join(LAST_LINES_S)  # its last output comes before the message that it has ended
        events.put(Ended(self, process, code))

    def plan_restart(self, now: float) -> float:
        """After an end: the seconds until the next start, twice as many each time, up to MAX_WAIT_S."""
        if now - self._started_at >= STABLE_AFTER_S:
            self._wait_s = FIRST_WAIT_S
        wait_s, self._wait_s = self._wait_s, min(self._wait_s * 2, MAX_WAIT_S)
        self.restart_at = now + wait_s
        self.restarts += 1
        return wait_s

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]: ...


class ServerProcess(Managed):
    def __init__(self, server: Server, port_variable: str) -> None:
        super().__init__(server.name, {port_variable: server.port}, None)
        self._server = server

    def stop(self) -> None:
        self._server.stop()

    def _launch(self) -> subprocess.Popen[bytes]:
        self._server.start()
        return self._server.process


class ServiceProcess(Managed):
    def __init__(self, service: Service, env: Mapping[str, str], console: Console) -> None:
        super().__init__(service.name, service.ports, service.health_url)
        self._service = service
        self._env = {**env, **service.env}
        self._console = console

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """For a process that did not exit in time."""
        if self.process is not None and self.is_alive():
            self._console.say(f"{self.name} did not stop in time and is killed")
            self.process.kill()
            self.process.wait()

    def _launch(self) -> subprocess.Popen[bytes]:
        process = spawn(
            self._service.command,
            death_signal=signal.SIGKILL,  # no process is left to wait for a graceful end, and none may survive
            cwd=REPOSITORY,
            env=self._env,
        )
        if process.stdout is not None:
            self._log = self._console.follow(self.name, process.stdout)
        return process
