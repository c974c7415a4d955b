"""What is JSON to every reader, and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.strict_json import MAX_DEPTH, check_content_type, parse_object
from gateway_core.domain.errors import ErrorCode, GatewayError

SECRET = "4111111111111111"

REFUSED = {
    "nothing": b"",
    "white space": b" \n",
    "cut off": b'{"a": 1',
    "more than one": b'{"a": 1}{"b": 2}',
    "trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "comment": b'{"a": 1 /* b */}',
    "duplicate key": b'{"a": 1, "a": 1}',
    "duplicate key within": b'{"a": {"b": 1, "c": 2, "b": 3}}',
    "duplicate key in escapes": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": Infinity}',
    "minus Infinity": b'{"a": -Infinity}',
    "beyond a double": b'{"a": 1e999}',
    "endless digits": b'{"a": ' + b"9" * 5000 + b"}",
    "NUL": b'{"a": "\x00"}',
    "escaped NUL": b'{"a": "\\u0000"}',
    "escaped NUL in a key": b'{"a\\u0000": 1}',
    "high surrogate": b'{"a": "\\ud800"}',
    "low surrogate": b'{"a": ["\\udc00"]}',
    "surrogates in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "not UTF-8": b'{"a": "\xff"}',
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "raw newline in a string": b'{"a": "\n"}',
    "array": b"[]",
    "string": b'"a"',
    "number": b"1",
    "null": b"null",
    "deep": b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
    "very deep": b'{"a": ' + b"[" * 30000 + b"]" * 30000 + b"}",
    "very deep and cut off": b'{"a":' * 10000,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_what_readers_could_differ_about(body: bytes) -> None:
    with pytest.raises(GatewayError) as refusal:
        parse_object(body)
    assert refusal.value.code is ErrorCode.BAD_REQUEST_ERROR


@pytest.mark.parametrize("body", [b'{"n": "%s"', b'{"n": "%s", "n": "%s"}', b'{"n": "%s\\u0000"}'])
def test_a_refusal_repeats_nothing_of_the_input(body: bytes) -> None:
    with pytest.raises(GatewayError) as refusal:
        parse_object(body.replace(b"%s", SECRET.encode()))
    error: BaseException | None = refusal.value
    while error is not None:
        assert SECRET not in repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, -2.5, true, null, "x"]} ', {"a": [1, -2.5, True, None, "x"]}),
        ('{"₹": "😀 مرحبا"}'.encode(), {"₹": "😀 مرحبا"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": 9007199254740993}', {"a": 9007199254740993}),
        (b'{"a": {"b": {"c": 1}}, "b": {"b": 2}}', {"a": {"b": {"c": 1}}, "b": {"b": 2}}),
    ],
)
def test_takes_objects(body: bytes, value: object) -> None:
    assert parse_object(body) == value


def test_takes_as_many_levels_as_it_says() -> None:
    deepest = b'{"a": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert parse_object(deepest)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_refusal(body: bytes) -> None:
    with contextlib.suppress(GatewayError):
        assert isinstance(parse_object(body), dict)


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; profile=x",
        " application/json ",
    ],
)
def test_json_in_utf8_is_the_media_type(value: str) -> None:
    check_content_type(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/vnd.api+json",
    ],
)
def test_other_media_types_are_refused(value: str | None) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_content_type(value)
    assert refusal.value.code is ErrorCode.UNSUPPORTED_MEDIA_TYPE
