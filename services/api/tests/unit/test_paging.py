"""Pages: what is asked for, where the next one begins, what the headers say."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from api.paging import (
    MAX_LIMIT,
    Cursor,
    Limit,
    Offset,
    Page,
    PageRequest,
    Position,
    decode_cursor,
    encode_cursor,
    make_page,
    page_headers,
    page_request,
)
from gateway_core.domain.errors import ErrorCode, GatewayError


class Query(BaseModel):
    """The parameters as FastAPI checks them."""

    limit: Limit = 10
    offset: Offset = 0
    cursor: Cursor = None


def asked(**query: str) -> PageRequest:
    checked = Query.model_validate(query)
    return page_request(checked.limit, checked.offset, checked.cursor)


AT = datetime(2024, 1, 15, 10, 30, 0, 123_456, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.from_regex(r"(order|pay|rfnd)_[A-Za-z0-9]{16,64}", fullmatch=True),
)
def test_a_cursor_comes_back_as_the_position_it_was_made_of(at: datetime, row_id: str) -> None:
    assert decode_cursor(encode_cursor((at, row_id))) == (at, row_id)


@pytest.mark.parametrize(
    "cursor", ["x", "é", "%", "a" * 5000, "MS4x", "Mi4xLnBheV8", "MS45OTk5OTk5OTk5OTk5OTk5OTkueA"]
)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        page_request(10, cursor=cursor)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "cursor")


@given(st.text(max_size=100))
def test_any_text_is_a_cursor_or_a_refusal(cursor: str) -> None:
    with contextlib.suppress(GatewayError):
        assert page_request(10, cursor=cursor).limit == 10


def test_without_a_query_it_is_the_first_page() -> None:
    assert asked() == PageRequest(limit=10)


def test_limit_offset_and_cursor_are_taken() -> None:
    assert asked(limit="5", offset="20") == PageRequest(5, 20)
    cursor = encode_cursor((AT, "pay_1"))
    assert asked(cursor=cursor, offset="0") == PageRequest(10, 0, (AT, "pay_1"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": str(MAX_LIMIT + 1)}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "1e3"}, "offset"),
        ({"offset": "1000001"}, "offset"),
        ({"offset": "1", "cursor": encode_cursor((AT, "pay_1"))}, "cursor"),
    ],
)
def test_values_out_of_bounds_are_refused(query: dict[str, str], field: str) -> None:
    with pytest.raises(GatewayError) as refusal:
        asked(**query)
    assert refusal.value.field == field


def _position(row: int) -> Position:
    return AT + timedelta(seconds=row), f"pay_{row}"


def test_one_row_more_than_asked_for_means_a_next_page() -> None:
    page = make_page([3, 2, 1], 7, PageRequest(limit=2), _position)
    assert (page.rows, page.total) == ([3, 2], 7)
    assert page.next_cursor is not None
    assert decode_cursor(page.next_cursor) == _position(2)


@pytest.mark.parametrize("rows", [[], [1], [2, 1]])
def test_the_last_page_has_no_cursor(rows: list[int]) -> None:
    assert make_page(rows, 2, PageRequest(limit=2), _position) == Page(rows, 2, None)


def test_the_link_keeps_the_filters_and_drops_the_offset() -> None:
    sent = [("status", "success"), ("status", "failed")]
    query = [*sent, ("limit", "2"), ("offset", "4"), ("cursor", "old")]
    headers = page_headers("/api/v1/payments", query, Page([], 7, "new"))
    assert headers["X-Total-Count"] == "7"
    target, _, relation = headers["Link"].partition("; ")
    assert relation == 'rel="next"'
    assert parse_qs(urlsplit(target.strip("<>")).query) == {
        "status": ["success", "failed"],
        "limit": ["2"],
        "cursor": ["new"],
    }


def test_hostile_filters_cannot_break_out_of_the_link() -> None:
    headers = page_headers("/p", [("x", '>; rel="evil"\r\nSet-Cookie: a=b')], Page([], 0, "c"))
    assert headers["Link"].count(">") == 1
    assert "\r" not in headers["Link"]


def test_the_last_page_has_no_link() -> None:
    assert page_headers("/p", [], Page([], 3, None)) == {"X-Total-Count": "3"}
