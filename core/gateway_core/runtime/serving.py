"""What every HTTP server of the gateway has in common: its listening socket, and uvicorn without its own signals."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any, Final, Literal

import uvicorn

from gateway_core.runtime.environment import refuse_to_start

BACKLOG: Final = 1024
"""Connections that the system holds until they are accepted."""


def listen(host: str, port: int, *, variable: str = "PORT") -> socket.socket:
    """A listening socket; port 0 takes a free one.

    A port that cannot be opened is one line on stderr, which names ``variable``, and exit code 1.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is already taken" if taken else f"cannot be opened: {error.strerror}"
        refuse_to_start(f"{variable}: {host}:{port} {reason}", exit_code=1)


class Server(uvicorn.Server):
    """Stops through ``should_exit``; signals belong to the process's lifecycle."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_server(
    app: Any, *, stop_timeout_s: float, lifespan: Literal["on", "off"] = "off", **settings: Any
) -> Server:
    """A server for the ASGI application ``app`` in the running event loop.

    It writes no access log and no ``Server`` header, and waits ``stop_timeout_s`` for requests when it stops.
    ``settings`` are uvicorn's.
    """
    return Server(
        uvicorn.Config(
            app,
            loop="none",
            lifespan=lifespan,
            backlog=BACKLOG,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, int(stop_timeout_s)),
            **settings,
        )
    )
