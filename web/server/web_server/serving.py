"""An ASGI application on a port, until the process is asked to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from gateway_core.runtime.environment import refuse_to_start

MAX_CONCURRENT = 1_000
KEEP_ALIVE_S = 5
BACKLOG = 512


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process's lifecycle, not to this server."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; a taken port is one line on stderr and exit code 1."""
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is already taken" if taken else f"cannot be opened: {error.strerror}"
        refuse_to_start(f"PORT: {host}:{port} {reason}", exit_code=1)


async def serve(app: Starlette, listener: socket.socket, stopping: asyncio.Event, grace_s: float) -> None:
    """Serve until ``stopping`` is set, then let what is being answered finish."""
    server = _Server(
        uvicorn.Config(
            app,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            loop="none",
            log_config=None,
            access_log=False,
            limit_concurrency=MAX_CONCURRENT,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=max(1, int(grace_s / 2)),
        )
    )
    serving = asyncio.create_task(server.serve([listener]), name="web server")
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stop.cancel()
