"""The HTTP server: uvicorn with bounds on what a client may hold without having said anything yet."""

from __future__ import annotations

import asyncio
import logging
import resource
from typing import Final

from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.errors import error_body
from gateway_core.domain.errors import bad_request
from gateway_core.runtime import serving
from gateway_core.runtime.serving import Server

MAX_CONNECTIONS: Final = 4096
# For the database, Redis, logs and whatever a library opens.
RESERVED_FILES: Final = 200
MAX_HEAD_BYTES: Final = 32 * 1024
# Head, body and what is thrown away of a body that is too large; endless chunk trailers end here.
MAX_REQUEST_BYTES: Final = 2 * 1024 * 1024
HEAD_TIMEOUT_S: Final = 10.0
# What a client must take of what is sent to it: whoever takes less holds on to it for the sake of holding it.
TAKING_TIMEOUT_S: Final = 15.0
MIN_TAKEN_BYTES: Final = 16 * 1024
KEEP_ALIVE_S: Final = 30

_log = logging.getLogger(__name__)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, where a connection must bring a request within ``HEAD_TIMEOUT_S`` and ``MAX_HEAD_BYTES``.

    A head that comes byte by byte, or never, would otherwise hold its connection for ever; so would a client that
    does not read, which has ``TAKING_TIMEOUT_S`` for every ``MIN_TAKEN_BYTES`` of what the system does not hold for it.
    """

    max_connections = MAX_CONNECTIONS
    _head_timer: asyncio.TimerHandle | None = None
    _taking_timer: asyncio.TimerHandle | None = None
    _received_bytes = 0
    _begun = 0
    _in_head = True
    _running: RequestResponseCycle | None = None  # uvicorn's ``cycle`` is the last one that was sent ahead

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # writing is paused as long as anything is left unsent
        if len(self.connections) > self.max_connections:
            transport.abort()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self._all_taken()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._begun = 0
        super().data_received(data)
        # Where several requests begin in one piece, how much of it is the last one's is not known.
        if self._begun < 2:
            self._received_bytes += len(data)
        if self._received_bytes <= MAX_HEAD_BYTES or self.transport.is_closing():
            return
        if self._in_head:
            self.send_400_response("Request head is too large")
        elif self._received_bytes > MAX_REQUEST_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._begun += 1
        self._received_bytes = 0
        if self._head_timer is None:
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        # White space around a value is no part of it (RFC 9110, 5.5); the parser removes it only in front.
        super().on_header(name, value.rstrip(b" \t"))

    def on_headers_complete(self) -> None:
        self._head_arrived()
        super().on_headers_complete()
        if not self.pipeline:
            self._running = self.cycle

    def on_response_complete(self) -> None:
        # What the application did not want to read would be taken in for ever.
        if self._running is not None and self._running.more_body and not self.transport.is_closing():
            self.transport.close()
        if self.pipeline:
            self._running = self.pipeline[-1][0]
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        self._all_taken()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        body = error_body(bad_request(msg.rstrip(".")), "")
        head = (
            b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            b"content-length: %d\r\n\r\n" % len(body)
        )
        self.transport.write(head + body)
        self.transport.close()

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._head_is_late)

    def _head_arrived(self) -> None:
        self._in_head = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _expect_taking(self) -> None:
        unsent_bytes = self.transport.get_write_buffer_size()
        self._taking_timer = self.loop.call_later(TAKING_TIMEOUT_S, self._check_taking, unsent_bytes)

    def _check_taking(self, unsent_before_bytes: int) -> None:
        # A connection that is closing waits for its client as well.
        if self.transport.get_write_buffer_size() > unsent_before_bytes - MIN_TAKEN_BYTES:
            _log.info("cut off a client that does not read")
            self.transport.abort()
        else:
            self._expect_taking()

    def _all_taken(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None


def _max_connections() -> int:
    """What the process may hold open, with files to spare."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MAX_CONNECTIONS, max(1, soft_limit - RESERVED_FILES))


def make_server(app: ASGIApp, *, stop_timeout_s: float) -> Server:
    """A server for ``app`` on httptools, in the event loop that is running. It writes no access log."""
    BoundedProtocol.max_connections = _max_connections()
    return serving.make_server(
        app,
        stop_timeout_s=stop_timeout_s,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_S,
    )
