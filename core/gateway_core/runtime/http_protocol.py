"""uvicorn's HTTP protocol with bounds on what a client may hold, and with refusals in the contract's shape."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MAX_CONNECTIONS: Final = 4096
MAX_HEAD_BYTES: Final = 32 * 1024
# Head, body and the discarded rest of a body that is too large; endless chunk trailers end here.
MAX_REQUEST_BYTES: Final = 2 * 1024 * 1024
HEAD_TIMEOUT_S: Final = 10.0
BODY_TIMEOUT_S: Final = 15.0
# A client must take so many bytes of a response in so much time.
TAKING_TIMEOUT_S: Final = 15.0
MIN_TAKEN_BYTES: Final = 16 * 1024
STOP_LINGER_S: Final = 1.0
"""How long an idle connection stays open when the server stops: a request may be on its way."""

_log = logging.getLogger(__name__)


class _Refusal(Exception):
    """Raised inside the parser, which stops at it. Holds status, error code and description."""


class BoundedProtocol(HttpToolsProtocol):
    """A connection must bring each head within ``HEAD_TIMEOUT_S`` and ``MAX_HEAD_BYTES``, a body in ``BODY_TIMEOUT_S``.

    A client that does not read is disconnected after ``TAKING_TIMEOUT_S`` for every ``MIN_TAKEN_BYTES`` of what the
    system does not buffer for it. When the server stops, responses say ``Connection: close``, and idle connections
    stay open for ``STOP_LINGER_S``.
    """

    max_connections = MAX_CONNECTIONS
    _head_timer: asyncio.TimerHandle | None = None
    _body_timer: asyncio.TimerHandle | None = None
    _taking_timer: asyncio.TimerHandle | None = None
    _received_bytes = 0
    _begun = 0
    _in_head = True
    _is_stopping = False
    _refusal: _Refusal | None = None
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
        self._body_arrived()
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
        self._check_head()
        super().on_headers_complete()
        self._body_timer = self.loop.call_later(BODY_TIMEOUT_S, self._body_is_late)
        if self._is_stopping:
            self.cycle.keep_alive = False
        if not self.pipeline:
            self._running = self.cycle

    def on_message_complete(self) -> None:
        self._body_arrived()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        # A body that the application did not read would be received for ever.
        if self._running is not None and self._running.more_body and not self.transport.is_closing():
            self.transport.close()
        if self.pipeline:
            self._running = self.pipeline[-1][0]
        super().on_response_complete()
        if self._is_stopping:
            self._leave_soon()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        self._all_taken()
        super().resume_writing()

    def shutdown(self) -> None:
        """Called by the server when it stops."""
        self._is_stopping = True
        if self._is_idle():
            self._leave_soon()
        elif not self.cycle.response_started:
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """Answer 400, or what the refusal says that stopped the parser, and close the connection."""
        status, code, description = 400, "BAD_REQUEST_ERROR", msg.rstrip(".")
        if self._refusal is not None:
            status, code, description = self._refusal.args
        if self._is_idle() or self._is_first_to_answer():
            self._write_error(status, code, description)
        self.transport.close()

    def _write_error(self, status: int, code: str, description: str) -> None:
        body = orjson.dumps({"error": {"code": code, "description": description}})
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(),
            *(name + b": " + value for name, value in self.server_state.default_headers),
            b"content-type: application/json",
            b"connection: close",
            b"content-length: %d" % len(body),
        ]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def _check_head(self) -> None:
        """Refuse what proxies and servers read in different ways, and what no handler decodes."""
        hosts = len(_values(self.headers, b"host"))
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            self._refuse(HTTPStatus.BAD_REQUEST, "BAD_REQUEST_ERROR", "Host must be sent exactly once")
        if any(
            value.lower() not in (b"", b"identity") for value in _values(self.headers, b"content-encoding")
        ):
            self._refuse(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                "Content-Encoding is not supported in requests",
            )

    def _refuse(self, status: HTTPStatus, code: str, description: str) -> None:
        self._refusal = _Refusal(status.value, code, description)
        raise self._refusal

    def _is_idle(self) -> bool:
        return self._running is None or self.cycle.response_complete

    def _is_first_to_answer(self) -> bool:
        """Whether the request that is arriving is the one whose response the client expects next."""
        return self.cycle.more_body and not self.cycle.response_started and (self._running is self.cycle)

    def _leave_soon(self) -> None:
        self.loop.call_later(STOP_LINGER_S, self._leave)

    def _leave(self) -> None:
        has_begun = self._in_head and self._received_bytes > 0
        if self._is_idle() and not has_begun and not self.transport.is_closing():
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

    def _body_arrived(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _body_is_late(self) -> None:
        self._body_timer = None
        if not self.transport.is_closing():
            self.send_400_response("Request body did not arrive in time")

    def _expect_taking(self) -> None:
        unsent_bytes = self.transport.get_write_buffer_size()
        self._taking_timer = self.loop.call_later(TAKING_TIMEOUT_S, self._check_taking, unsent_bytes)

    def _check_taking(self, unsent_before_bytes: int) -> None:
        # A connection that is closing waits for its client as well.
        if self.transport.get_write_buffer_size() > unsent_before_bytes - MIN_TAKEN_BYTES:
            _log.info("disconnected a client that does not read")
            self.transport.abort()
        else:
            self._expect_taking()

    def _all_taken(self) -> None:
        if self._taking_timer is not None:
            self._taking_timer.cancel()
            self._taking_timer = None


def _values(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name == wanted]
