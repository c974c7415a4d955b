"""A minimal HTTP/1.1 client and server that cost some microseconds per message."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MAX_MESSAGE_BYTES = 1024 * 1024
HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Messages:
    """Cuts a stream of bytes into messages with a Content-Length; one without has no body."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """(head, body) of every message that is now complete. ValueError for one that grows beyond bounds."""
        self._buffer += data
        complete = []
        while (message := self._cut()) is not None:
            complete.append(message)
        if len(self._buffer) > MAX_MESSAGE_BYTES:
            raise ValueError("a message beyond bounds")
        return complete

    def _cut(self) -> tuple[bytes, bytes] | None:
        head_end = self._buffer.find(HEAD_END)
        if head_end < 0:
            return None
        head, start = self._buffer[:head_end], head_end + len(HEAD_END)
        end = start + int(header(head, LENGTH) or b"0")
        if len(self._buffer) < end:
            return None
        body, self._buffer = self._buffer[start:end], self._buffer[end:]
        return head, body


def header(head: bytes, name: bytes) -> bytes:
    """The value of the header whose lower-case name with its colon is ``name``; empty without one."""
    start = head.lower().find(b"\r\n" + name)
    if start < 0:
        return b""
    return head[start + 2 + len(name) :].split(b"\r\n", 1)[0].strip()


def render(
    method: str, path: str, body: str = "", *, headers: Mapping[str, str] = MappingProxyType({})
) -> str:
    """A request to this machine with a JSON body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*lines, "", body])
