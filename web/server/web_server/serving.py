"""An ASGI application on a port, until the process is asked to stop."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette

from gateway_core.runtime.serving import Server

MAX_CONCURRENT = 1_000
KEEP_ALIVE_S = 5


async def serve(app: Starlette, listener: socket.socket, stopping: asyncio.Event, grace_s: float) -> None:
    """Serve until ``stopping`` is set, then let what is being answered finish."""
    server = Server(
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
