"""What every HTTP server of the gateway has in common: its listening socket, its bounds, and how it stops."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
from collections.abc import Iterator
from typing import Any, Final, Literal

import uvicorn

from gateway_core.runtime.environment import refuse_to_start
from gateway_core.runtime.http_protocol import MAX_CONNECTIONS, BoundedProtocol

BACKLOG: Final = 1024
"""Connections that the system holds until they are accepted."""
# For the database, Redis, logs and whatever a library opens.
RESERVED_FILES: Final = 200
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")
"""No subdomains: what else a merchant serves below the domain is not ours to decide."""


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


def make_public_server(
    app: Any,
    *,
    stop_timeout_s: float,
    keep_alive_s: float,
    is_local: bool,
    lifespan: Literal["on", "off"] = "off",
) -> Server:
    """As :func:`make_server`, for clients that may be hostile: with the bounds of ``BoundedProtocol``.

    A connection may be idle for ``keep_alive_s`` between requests. Every response forbids content sniffing, and asks
    browsers for HTTPS unless the server ``is_local``.
    """
    BoundedProtocol.max_connections = _max_connections()
    return make_server(
        app,
        stop_timeout_s=stop_timeout_s,
        lifespan=lifespan,
        http=BoundedProtocol,
        ws="none",
        timeout_keep_alive=keep_alive_s,
        headers=[("X-Content-Type-Options", "nosniff"), *([] if is_local else [HSTS])],
    )


def _max_connections() -> int:
    """As many as the process may hold open, with files to spare."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MAX_CONNECTIONS, max(1, soft_limit - RESERVED_FILES))
