"""Pages of lists: ``limit``, ``offset`` or an opaque ``cursor`` in; ``Link`` and ``X-Total-Count`` out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import BeforeValidator

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
class Page(Generic[Row]):
    """One page of a list. ``next_cursor`` leads to the next one and is None on the last."""

    rows: Sequence[Row]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted. ``after`` and a non-zero ``offset`` exclude each other."""

    limit: int
    offset: int = 0
    after: Position | None = None


def integer_between(name: str, low: int, high: int) -> BeforeValidator:
    """Checks a query parameter: decimal digits for a number within the bounds, or BAD_REQUEST_ERROR."""

    def check(value: object) -> int:
        if isinstance(value, int):
            return value  # the default
        if not isinstance(value, str) or not _DIGITS.fullmatch(value) or not low <= int(value) <= high:
            raise bad_request(f"{name} must be an integer between {low} and {high}", field=name)
        return int(value)

    return BeforeValidator(check)


Limit = Annotated[
    int,
    Query(ge=1, le=MAX_LIMIT, description="Maximum number of rows on the page.", examples=[20]),
    integer_between("limit", 1, MAX_LIMIT),
]
Offset = Annotated[
    int,
    Query(ge=0, le=MAX_OFFSET, description="How many rows to skip.", examples=[0]),
    integer_between("offset", 0, MAX_OFFSET),
]
Cursor = Annotated[str | None, Query(description="Opaque; from a `Link` header. Excludes `offset`.")]


def page_request(limit: int, offset: int = 0, cursor: str | None = None) -> PageRequest:
    """The page that these values ask for; BAD_REQUEST_ERROR for both a cursor and an offset."""
    if not cursor:
        return PageRequest(limit, offset)
    if offset:
        raise bad_request("cursor and offset exclude each other", field="cursor")
    return PageRequest(limit, after=decode_cursor(cursor))


async def paging(limit: Limit = MAX_LIMIT, offset: Offset = 0, cursor: Cursor = None) -> PageRequest:
    """The page that the query asks for."""
    return page_request(limit, offset, cursor)


Paging = Annotated[PageRequest, Depends(paging)]
# In `responses=` of an operation that answers with a page.
PAGE_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("Link", "X-Total-Count")}}
}


def make_page(
    rows: Sequence[Row], total: int, wanted: PageRequest, position: Callable[[Row], Position]
) -> Page[Row]:
    """The page of rows fetched with ``wanted.limit + 1``: one more tells of a next page."""
    shown = rows[: wanted.limit]
    return Page(shown, total, encode_cursor(position(shown[-1])) if len(rows) > wanted.limit else None)


def show_page(request: Request, response: Response, page: Page[Row]) -> Sequence[Row]:
    """The rows of ``page``; what leads to the next one goes into the headers of ``response``."""
    response.headers.update(page_headers(request.scope["path"], request.query_params.multi_items(), page))
    return page.rows


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


def page_headers(path: str, query: Sequence[tuple[str, str]], page: Page[Any]) -> dict[str, str]:
    """``X-Total-Count`` and, unless this is the last page, ``Link`` with ``rel="next"`` (RFC 8288)."""
    headers = {"X-Total-Count": str(page.total)}
    if page.next_cursor is not None:
        rest = [(name, value) for name, value in query if name not in ("cursor", "offset")]
        target = f"{path}?{urlencode([*rest, ('cursor', page.next_cursor)])}"
        headers["Link"] = f'<{target}>; rel="next"'
    return headers


def _bad_cursor() -> GatewayError:
    return bad_request("cursor is invalid for this list", field="cursor")
