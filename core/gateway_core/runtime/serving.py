"""What every HTTP server of the gateway has in common: its listening socket, and that it leaves signals alone."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Final

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
