"""ASGI applications on free loopback ports, each in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

START_TIMEOUT_S = 10.0


@contextmanager
def served(make: Callable[[int], Starlette]) -> Iterator[str]:
    """``make(port)`` on that port; gives ``http://localhost:<port>``."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = uvicorn.Config(make(port), log_config=None, access_log=False, lifespan="off", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(START_TIMEOUT_S)
