"""The headers of an answer as they are kept: few, short, and text that PostgreSQL can store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MAX_HEADERS: Final = 64
MAX_HEADER_BYTES: Final = 8 * 1024
"""Of names and values together."""
CUT: Final = "…"
JOINER: Final = ", "


def kept_headers(received: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first headers, names in lower case, repeated ones joined by commas (RFC 9110, section 5.3).

    At most ``MAX_HEADERS`` names and ``MAX_HEADER_BYTES`` of UTF-8; the value that does not fit is cut, with ``CUT``
    at its end, and nothing follows it. What is not UTF-8 or not printable is replaced.
    """
    kept: dict[str, str] = {}
    room = MAX_HEADER_BYTES
    for raw_name, raw_value in received:
        name, value = _clean(raw_name).lower(), _clean(raw_value)
        before = kept.get(name)
        if before is None and len(kept) == MAX_HEADERS:
            continue
        room -= len(name.encode()) if before is None else len(JOINER)
        if room < len(CUT.encode()):
            break
        fitting = _fit(value, room)
        kept[name] = fitting if before is None else before + JOINER + fitting
        room -= len(fitting.encode())  # after a cut too little is left for anything
    return kept


def _fit(value: str, room: int) -> str:
    encoded = value.encode()
    if len(encoded) <= room:
        return value
    return encoded[: room - len(CUT.encode())].decode(errors="ignore") + CUT


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # Bytes that are not UTF-8 arrive as halves of surrogate pairs, which are not printable either.
    return "".join(each if each.isprintable() else "\ufffd" for each in text.replace("\t", " "))
