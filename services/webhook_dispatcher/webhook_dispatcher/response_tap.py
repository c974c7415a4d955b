"""The status line of a response, read from its raw bytes: once it has arrived it decides, whatever follows it.

HTTP clients refuse a whole response for faulty framing: a body after 204, two lengths that differ, an oversized header,
a connection that ends early. The merchant has answered all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_HEAD_BYTES: Final = 64 * 1024
"""Up to the end of the headers, interim responses (1xx) included."""
MAX_RESPONSE_BYTES: Final = 1024 * 1024
"""In all. One read of a socket may be 256 KiB; at most 16 KiB of a body are kept."""

_LINE_END: Final = b"\r\n"
_END: Final = 2 * _LINE_END
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\r\n\0]*)?")
_INTERIM: Final = re.compile(rb"HTTP/1\.[01] 1(?!01)[0-9]{2}[ \r]")  # 101 is final (RFC 9110, section 15.2.2)
_HEADER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")


@dataclass(frozen=True, slots=True)
class Head:
    """A status line and the well-formed headers that arrived. ``rest`` is what followed the head, framing and all."""

    status: int
    headers: Sequence[tuple[str, str]]
    rest: bytes


class ResponseTap:
    """Collects the bytes of one response as they arrive."""

    def __init__(self) -> None:
        self.total_bytes = 0
        self._beginning = bytearray()
        self._head_at = 0
        self._head_ends_at: int | None = None

    @property
    def exceeds_bounds(self) -> bool:
        """The head is larger than ``MAX_HEAD_BYTES``, or all of it than ``MAX_RESPONSE_BYTES``."""
        bound = MAX_HEAD_BYTES if self._head_ends_at is None else MAX_RESPONSE_BYTES
        return self.total_bytes > bound

    def feed(self, data: bytes) -> None:
        """The next bytes; beyond ``MAX_HEAD_BYTES`` they are counted and dropped."""
        searched_to = max(self._head_at, len(self._beginning) - len(_END) + 1)
        self.total_bytes += len(data)
        self._beginning += data[: MAX_HEAD_BYTES - len(self._beginning)]
        while self._head_ends_at is None and (end := self._beginning.find(_END, searched_to)) >= 0:
            if _INTERIM.match(self._beginning, self._head_at):
                self._head_at = searched_to = end + len(_END)
            else:
                self._head_ends_at = end

    def head(self) -> Head | None:
        """The final response's head as far as it has arrived; None without a whole status line of HTTP/1."""
        ends_at = self._head_ends_at
        first, *others, _incomplete = self._head_lines()
        status = _STATUS_LINE.fullmatch(first)
        if status is None or _INTERIM.match(first + b"\r"):
            return None
        headers = [
            (_text(found[1]), _text(found[2])) for line in others if (found := _HEADER.fullmatch(line))
        ]
        rest = b"" if ends_at is None else bytes(self._beginning[ends_at + len(_END) :])
        return Head(int(status[1]), headers, rest)

    def _head_lines(self) -> list[bytes]:
        """The whole lines of the head, then what there is of another one."""
        ends_at = None if self._head_ends_at is None else self._head_ends_at + len(_LINE_END)
        whole = bytes(self._beginning[self._head_at : ends_at]).split(_LINE_END)
        return whole if len(whole) > 1 else [b"", *whole]


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
