"""The health server of every process: ``/metrics``, ``/healthz`` (alive) and ``/readyz`` (ready to work)."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

import orjson
from prometheus_client import CollectorRegistry

from gateway_core.runtime.metrics import REGISTRY, exposition
from gateway_core.runtime.serving import listen, make_server

CHECK_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 2.0
MAX_CONNECTIONS = 64
KEEP_ALIVE_S = 5

Check: TypeAlias = Callable[[], Awaitable[bool]] | Callable[[], bool]
CheckResult = Literal["ok", "failed", "timeout"]
Answer: TypeAlias = tuple[int, bytes, str]
Message: TypeAlias = dict[str, Any]

_log = logging.getLogger(__name__)


class HealthServer:
    """``async with HealthServer(9100, {"database": ping}) as server:`` inside the service's own event loop.

    ``/readyz`` runs every check at once, each within ``check_timeout_s``: 200 when all say true, else 503
    with ``{"status": "unavailable", "failed": [names], "checks": {name: "ok" | "failed" | "timeout"}}``.
    Port 0 takes a free one, then in ``server.port``. A taken port is one line on stderr and exit code 1.
    """

    def __init__(
        self,
        port: int,
        checks: Mapping[str, Check],
        *,
        host: str = "127.0.0.1",
        check_timeout_s: float = CHECK_TIMEOUT_S,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self.port = port
        self._host = host
        self._checks = dict(checks)
        self._check_timeout_s = check_timeout_s
        self._registry = registry

    async def __aenter__(self) -> Self:
        listener = listen(self._host, self.port, variable="METRICS_PORT")
        self.port = listener.getsockname()[1]
        self._server = make_server(
            self._app,
            stop_timeout_s=STOP_TIMEOUT_S,
            interface="asgi3",
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._serving = asyncio.create_task(self._server.serve([listener]), name="health server")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        _, late = await asyncio.wait([self._serving], timeout=2 * STOP_TIMEOUT_S)
        for task in late:
            task.cancel()

    async def _app(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        status, body, content_type = await self._answer(scope["method"], scope["path"])
        headers = [
            (b"content-type", content_type.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, method: str, path: str) -> Answer:
        if method not in ("GET", "HEAD"):
            return _json(405, {"status": "method not allowed"})
        match path:
            case "/metrics":
                return 200, *exposition(self._registry)
            case "/healthz":
                return _json(200, {"status": "alive"})
            case "/readyz":
                return await self._readiness()
            case _:
                return _json(404, {"status": "not found"})

    async def _readiness(self) -> Answer:
        results = await asyncio.gather(
            *(self._run_check(name, check) for name, check in self._checks.items())
        )
        checks = dict(zip(self._checks, results, strict=True))
        failed = [name for name, result in checks.items() if result != "ok"]
        if failed:
            return _json(503, {"status": "unavailable", "failed": failed, "checks": checks})
        return _json(200, {"status": "ready", "failed": [], "checks": checks})

    async def _run_check(self, name: str, check: Check) -> CheckResult:
        try:
            async with asyncio.timeout(self._check_timeout_s):
                answer = check()
                return "ok" if (await answer if inspect.isawaitable(answer) else answer) else "failed"
        except TimeoutError:
            return "timeout"
        except Exception as error:  # noqa: BLE001 - any error means "not ready"
            # Its text stays out of the response: it may hold addresses or credentials.
            _log.warning("readiness check %s failed: %s", name, error)
            return "failed"


def _json(status: int, content: object) -> Answer:
    return status, orjson.dumps(content), "application/json"
