"""Starts everything in order, keeps it running, and ends it again: servers, migrations, services.

One thread decides: it takes events (a process ended, a signal came) from one queue. Threads of a process only
wait for its end or copy its log lines.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from devstack.console import Console
from devstack.errors import DevstackError
from devstack.health import answers_ok
from devstack.home import ProcessState, State, take_lock, write_state
from devstack.managed import Ended, Events, Managed, ServerProcess, ServiceProcess
from devstack.preflight import refuse_silent_servers, refuse_taken_ports
from devstack.servers import Server, start_postgres, start_redis
from devstack.services import Service, gateway_environment, migrate_command
from devstack.settings import Settings

HEALTH_TIMEOUT_S = 60.0
HEALTH_POLL_S = 0.1
PARENT_POLL_S = 0.5
STOP_GRACE_S = 25.0  # more than a process gives its own work (SHUTDOWN_GRACE_S, 20)
MIGRATE_TIMEOUT_S = 120.0
MAX_ENDS_WHILE_STARTING = 3


class Stopped(Exception):
    """A signal asked for the end."""


class Supervisor:
    """One run on one home. `when_healthy` gives the lines to show once all services are up."""

    def __init__(
        self,
        settings: Settings,
        services: Sequence[Service],
        *,
        console: Console,
        migrate: Sequence[str] = migrate_command(),
        when_healthy: Callable[[Settings], list[str]] = lambda _settings: [],
        follow_parent: bool = True,
    ) -> None:
        self._settings = settings
        self._services = services
        self._console = console
        self._migrate = migrate
        self._when_healthy = when_healthy
        self._parent_pid = os.getppid() if follow_parent else None
        self._parent_leads = os.getsid(0) == self._parent_pid and os.isatty(0)
        self._events: Events = queue.SimpleQueue()
        self._servers: list[ServerProcess] = []
        self._running: list[ServiceProcess] = []
        self._state = State(pid=os.getpid())
        self._started_at = time.monotonic()

    def run(self) -> int:
        """Returns the exit code: 0 when a signal ended it, 1 when it could not start (it said why)."""
        with take_lock(self._settings), self._signals():
            try:
                self._start_all()
                self._keep_running()
            except Stopped:
                return 0
            except (DevstackError, OSError) as error:
                self._fail(str(error))
                return 1
            finally:
                self._stop_all()

    def _start_all(self) -> None:
        self._save()
        refuse_taken_ports(self._settings, self._services)
        refuse_silent_servers(self._settings)
        database_url = self._settings.database_url or self._start_server(start_postgres, "postgres")
        redis_url = self._settings.redis_url or self._start_server(start_redis, "redis")
        self._state.database_url, self._state.redis_url = database_url, redis_url
        env = gateway_environment(self._settings, database_url, redis_url)
        self._run_migrations(env)
        for service in self._services:
            self._start_service(service, env)
        self._wait_until_healthy()
        self._progress(*self._when_healthy(self._settings))
        self._state.phase = "healthy"
        self._save()

    def _start_server(self, start: Callable[..., Server], name: str) -> str:
        variable = f"{name.upper()}_PORT"
        self._settings.log_dir.mkdir(exist_ok=True)
        log_path = self._settings.log_dir / f"{name}.log"
        server = start(
            self._settings.home / name, self._settings.port(variable), durable=True, log_path=log_path
        )
        managed = ServerProcess(server, variable)
        self._servers.append(managed)
        self._start(managed)
        self._step(f"{name} is up on port {server.port} ({server.command[0]})")
        return server.url

    def _run_migrations(self, env: dict[str, str]) -> None:
        service = Service("migrate", tuple(self._migrate), health_url="", ports={})
        migration = self._start_service(service, env)
        ended = self._next_end_of(migration, MIGRATE_TIMEOUT_S)
        self._running.remove(migration)
        if ended.code != 0:
            raise DevstackError("the migrations failed: the reason stands above")
        self._step("migrations are applied")

    def _next_end_of(self, managed: Managed, timeout_s: float) -> Ended:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            ended = self._next_event(deadline)
            if ended is not None and ended.managed is managed:
                return ended
            if ended is not None:
                raise DevstackError(f"{ended.managed.name} ended unexpectedly while starting")
        raise DevstackError(f"{managed.name} did not end within {timeout_s:.0f} s")

    def _wait_until_healthy(self) -> None:
        waiting = list(self._running)
        deadline = time.monotonic() + HEALTH_TIMEOUT_S
        while waiting:
            self._handle_until(time.monotonic() + HEALTH_POLL_S)
            for managed in [each for each in waiting if answers_ok(each.health_url)]:
                waiting.remove(managed)
                self._step(f"{managed.name} is healthy")
            for managed in waiting:
                if managed.restarts >= MAX_ENDS_WHILE_STARTING:
                    raise DevstackError(f"{managed.name} keeps ending: the reason stands above")
            if time.monotonic() > deadline:
                names = ", ".join(managed.name for managed in waiting)
                raise DevstackError(f"not healthy within {HEALTH_TIMEOUT_S:.0f} s: {names}")

    def _keep_running(self) -> NoReturn:
        while True:
            self._handle_until(time.monotonic() + PARENT_POLL_S)

    def _handle_until(self, until: float) -> None:
        """Handles events, and restarts processes that are due, until that moment of the monotonic clock."""
        while (now := time.monotonic()) < until:
            planned = [(each.restart_at, each) for each in self._all() if each.restart_at is not None]
            for managed in [each for restart_at, each in planned if restart_at <= now]:
                self._restart(managed)
            ended = self._next_event(min([until, *(restart_at for restart_at, _ in planned)]))
            if ended is not None and ended.process is ended.managed.process:
                self._plan_restart(ended)

    def _next_event(self, until: float) -> Ended | None:
        """Raises Stopped for a signal, and when the parent process has gone."""
        wait_s = min(until - time.monotonic(), PARENT_POLL_S)
        with contextlib.suppress(queue.Empty):
            event = self._events.get(timeout=max(0.0, wait_s))
            if isinstance(event, Ended):
                return event
            raise Stopped
        if self._is_orphaned():
            raise Stopped
        return None

    def _is_orphaned(self) -> bool:
        """Of a closed terminal the kernel tells the session's leader alone. `make`, where it leads (`ssh -t host
        make run`), then waits for its child.
        """
        if self._parent_pid is None:
            return False
        hung_up = self._parent_leads and not os.isatty(0)
        ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        return os.getppid() != self._parent_pid or (hung_up and not ignored)

    def _plan_restart(self, ended: Ended) -> None:
        wait_s = ended.managed.plan_restart(time.monotonic())
        self._console.say(f"{ended.managed.name} {ended.how()}; it is started again in {wait_s:.1f} s")

    def _restart(self, managed: Managed) -> None:
        try:
            self._start(managed)
        except DevstackError as error:
            self._console.say(str(error))
            managed.plan_restart(time.monotonic())

    def _start_service(self, service: Service, env: dict[str, str]) -> ServiceProcess:
        managed = ServiceProcess(service, env, self._console)
        self._running.append(managed)
        self._start(managed)
        return managed

    def _start(self, managed: Managed) -> None:
        managed.start(self._events)
        self._save()

    def _all(self) -> list[Managed]:
        return [*self._servers, *self._running]

    def _stop_all(self) -> None:
        """Services first and all at once, then the servers. A second signal cuts the waiting short."""
        started = bool(self._all())
        if started:
            self._console.say("stopping")
        if self._state.error is None:
            self._state.phase = "stopping"
        self._save()
        for service in self._running:
            service.terminate()
        self._wait_for_services()
        for service in self._running:
            service.kill()
        for server in reversed(self._servers):
            server.stop()
        self._running.clear()
        self._servers.clear()
        if self._state.error is None:
            self._state.phase = "stopped"
        self._save()
        if started:
            self._console.say("stopped")

    def _wait_for_services(self) -> None:
        """Waits until all have ended, their grace is over, or another signal comes."""
        deadline = time.monotonic() + STOP_GRACE_S
        while any(service.is_alive() for service in self._running):
            try:
                event = self._events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if not isinstance(event, Ended):
                return

    def _fail(self, reason: str) -> None:
        self._state.phase, self._state.error = "failed", reason
        self._console.say(f"error: {reason}")

    def _step(self, what: str) -> None:
        self._progress(f"[{time.monotonic() - self._started_at:5.1f} s] {what}")

    def _progress(self, *lines: str) -> None:
        for line in lines:
            self._console.say(line)
        self._state.progress.extend(lines)
        self._save()

    def _save(self) -> None:
        self._state.processes = [
            ProcessState(each.name, each.pid, dict(each.ports), each.health_url or None, each.restarts)
            for each in self._all()
        ]
        write_state(self._settings, self._state)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        handled = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # under nohup, and it stays so
            handled.remove(signal.SIGHUP)
        before = {
            number: signal.signal(number, lambda got, _frame: self._events.put(got)) for number in handled
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
