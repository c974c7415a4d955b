"""The head of a response, found among the raw bytes."""

from __future__ import annotations

import pytest

from webhook_dispatcher.response_tap import (
    MAX_HEAD_BYTES,
    MAX_RESPONSE_BYTES,
    ResponseTap,
)

OK = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-b:2\r\n\r\nbody"


def tap(raw: bytes, *, at_once: int = 1 << 20) -> ResponseTap:
    made = ResponseTap()
    for first in range(0, len(raw), at_once):
        made.feed(raw[first : first + at_once])
    return made


def status(raw: bytes) -> int | None:
    head = tap(raw).head()
    return None if head is None else head.status


@pytest.mark.parametrize("at_once", [1, 2, 3, 1000])
@pytest.mark.parametrize("interim", [0, 1, 20])
def test_the_head_is_found_however_it_comes(at_once: int, interim: int) -> None:
    head = tap(b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * interim + OK, at_once=at_once).head()
    assert head is not None
    assert (head.status, head.headers, head.rest) == (200, [("X-A", "1"), ("x-b", "2")], b"body")


def test_the_status_counts_once_its_line_is_whole() -> None:
    line_ends_at = OK.index(b"\r\n") + 2
    assert [status(OK[:length]) for length in range(line_ends_at)] == [None] * line_ends_at
    assert {status(OK[:length]) for length in range(line_ends_at, len(OK))} == {200}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>hello</html>\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200OK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 O\0K\r\n\r\n",
        b"HTTP/1.1 102 Wait\r\n\r\n",
        b"HTTP/1.1 102 Wait\r\nX: y",
        b"HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK",
    ],
)
def test_without_a_final_status_line_there_is_no_head(raw: bytes) -> None:
    assert status(raw) is None


@pytest.mark.parametrize(
    ("rest", "headers"),
    [
        (b"", []),
        (b"X: hal", []),
        (b"X: y\r\nY: hal", [("X", "y")]),
        (b"no colon\r\nX: y\r\n\r\n", [("X", "y")]),
        (b"X : space\r\n\r\n", []),
        (b"X: a\r\n folded\r\n\r\n", [("X", "a")]),
        (b"X: a\0b\r\n\r\n", []),
        (b"X: " + b"y" * 50_000 + b"\r\n\r\n", [("X", "y" * 50_000)]),
        (b"X: " + b"y" * 500_000, []),
        (b"X: y\r\n" * 5_000 + b"\r\n", [("X", "y")] * 5_000),
    ],
)
def test_the_status_line_decides_whatever_headers_follow(rest: bytes, headers: list[tuple[str, str]]) -> None:
    for interim in (b"", b"HTTP/1.1 102 Wait\r\nX: interim\r\n\r\n"):
        head = tap(interim + b"HTTP/1.1 200 OK\r\n" + rest).head()
        assert head is not None
        assert (head.status, head.headers) == (200, headers)


def test_switching_protocols_is_final() -> None:
    assert status(b"HTTP/1.1 101 Switching\r\n\r\n") == 101


def test_bytes_of_any_kind_become_text() -> None:
    head = tap("HTTP/1.1 200 ₹\r\nX: ₹".encode() + b"\xff\r\n\r\n").head()
    assert head is not None
    assert head.headers == [("X", "₹\udcff")]


@pytest.mark.parametrize(
    ("raw", "bound"),
    [
        (b"HTTP/1.1 102 Wait\r\n\r\n" * 10_000, MAX_HEAD_BYTES),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, MAX_HEAD_BYTES),
        (OK + b"x" * 2 * MAX_RESPONSE_BYTES, MAX_RESPONSE_BYTES),
    ],
)
def test_a_response_beyond_its_bounds_is_noticed(raw: bytes, bound: int) -> None:
    assert not tap(raw[:bound]).exceeds_bounds
    assert tap(raw[: bound + 1]).exceeds_bounds
