"""An ASGI application on a port, until the process is asked to stop."""

from __future__ import annotations

import asyncio
import socket

from starlette.applications import Starlette

from gateway_core.runtime.serving import make_public_server
from web_server.settings import WebSettings


async def serve(
    app: Starlette, listener: socket.socket, stopping: asyncio.Event, settings: WebSettings
) -> None:
    """Serve until ``stopping`` is set, then let what is being answered finish."""
    server = make_public_server(
        app,
        stop_timeout_s=settings.shutdown_grace_s / 2,
        keep_alive_s=settings.keep_alive_s,
        is_local=settings.gateway_env == "local",
    )
    serving = asyncio.create_task(server.serve([listener]), name="web server")
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    stop.cancel()
