"""Which headers of an answer are kept, and as what."""

from __future__ import annotations

import orjson
import pytest

from webhook_dispatcher.headers import CUT, MAX_HEADER_BYTES, MAX_HEADERS, kept_headers


def size_of(kept: dict[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in kept.items())


def test_plain_headers_are_kept_under_lower_case_names() -> None:
    received = [("Content-Type", "text/plain"), ("X-Request-ID", "7"), ("Empty", "")]
    assert kept_headers(received) == {"content-type": "text/plain", "x-request-id": "7", "empty": ""}


def test_repeated_headers_are_joined_in_their_order() -> None:
    assert kept_headers([("Set-Cookie", "a=1"), ("Via", "x"), ("set-cookie", "b=2")]) == {
        "set-cookie": "a=1, b=2",
        "via": "x",
    }


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("कॉफ़ी ☕", "कॉफ़ी ☕"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\ufffd"),
        ("a\x00b\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("left\u202eright", "left\ufffdright"),
        ("a\tb", "a b"),
        ("<script>\"'&", "<script>\"'&"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_cannot_be_stored_or_shown_is_replaced(value: str, kept: str) -> None:
    assert kept_headers([("X", value)]) == {"x": kept}
    assert orjson.loads(orjson.dumps(kept_headers([(value, value)])))


def test_the_number_of_names_is_bounded() -> None:
    kept = kept_headers([(f"X-{number}", "1") for number in range(2 * MAX_HEADERS)] + [("x-0", "again")])
    assert len(kept) == MAX_HEADERS
    assert kept["x-0"] == "1, again"


@pytest.mark.parametrize("character", ["x", "é", "₹", "🙂"])
@pytest.mark.parametrize("before", range(5))
def test_a_value_that_does_not_fit_is_cut_between_characters(character: str, before: int) -> None:
    received = [("first", "y" * before), ("big", character * MAX_HEADER_BYTES), ("last", "z")]
    kept = kept_headers(received)
    assert list(kept) == ["first", "big"]
    assert kept["big"].endswith(character + CUT)
    assert MAX_HEADER_BYTES - 4 < size_of(kept) <= MAX_HEADER_BYTES


def test_a_value_that_just_fits_is_kept_whole() -> None:
    value = "x" * (MAX_HEADER_BYTES - 1)
    assert kept_headers([("a", value), ("b", "")]) == {"a": value}


def test_a_repeated_header_is_bounded_too() -> None:
    kept = kept_headers([("a", "x" * 1000)] * 100)
    assert list(kept) == ["a"]
    assert kept["a"].endswith(CUT)
    assert size_of(kept) <= MAX_HEADER_BYTES


def test_headers_after_an_oversized_name_are_dropped() -> None:
    assert kept_headers([("n" * MAX_HEADER_BYTES, "1"), ("b", "2")]) == {}
