"""Pages of lists: ``limit``, ``offset`` or an opaque ``cursor`` in; ``Link`` and ``X-Total-Count`` out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias, TypeVar
from urllib.parse import urlencode

from api.answers import Page
from gateway_core.domain.errors import GatewayError, bad_request

MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 1_000_000
CURSOR_VERSION: Final = 1

Position: TypeAlias = tuple[datetime, str]
"""(created_at, id) of the last row of a page: new rows do not move it, as they do an offset."""

Row = TypeVar("Row")

_DIGITS = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"1\.([0-9]{1,18})\.([A-Za-z0-9_]{1,80})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted. ``after`` and a non-zero ``offset`` exclude each other."""

    limit: int
    offset: int = 0
    after: Position | None = None


def page_request(query: Mapping[str, str], *, default_limit: int) -> PageRequest:
    """The page that the query asks for; BAD_REQUEST_ERROR for values out of bounds."""
    limit = _integer(query, "limit", default_limit, 1, MAX_LIMIT)
    offset = _integer(query, "offset", 0, 0, MAX_OFFSET)
    cursor = query.get("cursor")
    if not cursor:
        return PageRequest(limit, offset)
    if offset:
        raise bad_request("cursor and offset exclude each other", field="cursor")
    return PageRequest(limit, after=decode_cursor(cursor))


def cut(
    rows: Sequence[Row], wanted: PageRequest, position: Callable[[Row], Position]
) -> tuple[Sequence[Row], str | None]:
    """The page and the cursor after it, of rows fetched with ``wanted.limit + 1``: one more tells of a next page."""
    shown = rows[: wanted.limit]
    return shown, encode_cursor(position(shown[-1])) if len(rows) > wanted.limit else None


def encode_cursor(position: Position) -> str:
    """``position`` as text that means nothing to clients."""
    created_at, row_id = position
    microseconds = (created_at - _EPOCH) // _MICROSECOND
    text = f"{CURSOR_VERSION}.{microseconds}.{row_id}"
    return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """The position that ``encode_cursor`` wrote, or BAD_REQUEST_ERROR."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, ValueError):
        raise _bad_cursor() from None
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise _bad_cursor()
    try:
        return _EPOCH + int(match[1]) * _MICROSECOND, match[2]
    except OverflowError:
        raise _bad_cursor() from None


def page_headers(path: str, query: Mapping[str, str], page: Page) -> dict[str, str]:
    """``X-Total-Count`` and, unless this is the last page, ``Link`` with ``rel="next"`` (RFC 8288)."""
    headers = {"X-Total-Count": str(page.total)}
    if page.next_cursor is not None:
        rest = {name: value for name, value in query.items() if name not in ("cursor", "offset")}
        target = f"{path}?{urlencode({**rest, 'cursor': page.next_cursor})}"
        headers["Link"] = f'<{target}>; rel="next"'
    return headers


def _integer(query: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
        raise bad_request(f"{name} must be an integer between {low} and {high}", field=name)
    return int(text)


def _bad_cursor() -> GatewayError:
    return bad_request("cursor is not one that this list has given", field="cursor")
