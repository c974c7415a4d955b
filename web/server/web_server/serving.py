"""An ASGI application on a port, until the process is asked to stop."""

from __future__ import annotations

import asyncio
import socket

from starlette.applications import Starlette

from gateway_core.runtime.serving import make_server

MAX_CONCURRENT = 1_000
KEEP_ALIVE_S = 5


async def serve(app: Starlette, listener: socket.socket, stopping: asyncio.Event, grace_s: float) -> None:
    """Serve until ``stopping`` is set, then let what is being answered finish."""
    server = make_server(
        app, stop_timeout_s=grace_s / 2, limit_concurrency=MAX_CONCURRENT, timeout_keep_alive=KEEP_ALIVE_S
    )
    serving = asyncio.create_task(server.serve([listener]), name="web server")
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stop.cancel()
