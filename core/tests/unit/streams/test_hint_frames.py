"""The hint's frame: what goes in comes out, and whatever else comes is a BadHint."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from faststream.redis.parser import BinaryMessageFormatV1
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.streams.messages import MAX_FRAME_BYTES, MAX_TRACE_CHARS, BadHint, Hint, decode, encode

GOOD = {"v": 1, "kind": "payment.created", "id": "pay_1", "trace": ""}

hints = st.builds(
    Hint,
    kind=st.from_regex(r"[a-z][a-z0-9_.-]{0,63}", fullmatch=True),
    id=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    trace=st.text(st.characters(codec="utf-8"), max_size=64),
)


@given(hints)
async def test_a_hint_survives_its_frame(hint: Hint) -> None:
    assert decode(await encode(hint)) == hint


@given(hints)
async def test_headers_are_ascii_strings_whatever_the_trace_is(hint: Hint) -> None:
    body, headers = BinaryMessageFormatV1.parse(await encode(hint))

    assert all(isinstance(value, str) and value.isascii() for value in headers.values())
    assert json.loads(body) == {"v": 1, "kind": hint.kind, "id": hint.id, "trace": hint.trace}


async def test_a_traceparent_is_the_header_unchanged() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    _, headers = BinaryMessageFormatV1.parse(await encode(Hint("payment.created", "pay_1", trace)))

    assert headers["traceparent"] == trace


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_bad_hint(frame: bytes) -> None:
    with pytest.raises(BadHint):
        decode(frame)


@given(hints, st.integers(0, 10_000), st.binary(max_size=8))
async def test_damage_raises_nothing_but_bad_hint(hint: Hint, at: int, damage: bytes) -> None:
    frame = await encode(hint)
    at %= len(frame)
    with contextlib.suppress(BadHint):
        assert isinstance(decode(frame[:at] + damage + frame[at + len(damage) :]), Hint)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": 0},
        {"v": True},
        {"v": 1.0},
        {"v": "1"},
        {"kind": ""},
        {"kind": "Payment Created"},
        {"kind": None},
        {"id": "pay 1"},
        {"id": "pay_1\n"},
        {"id": ""},
        {"id": 1},
        {"id": "x" * 65},
        {"trace": None},
        {"trace": "x" * (MAX_TRACE_CHARS + 1)},
    ],
)
def test_a_wrong_field_is_a_bad_hint(change: dict[str, Any]) -> None:
    with pytest.raises(BadHint):
        decode(json.dumps(GOOD | change).encode())


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_missing_field_is_a_bad_hint(missing: str) -> None:
    with pytest.raises(BadHint):
        decode(json.dumps({name: value for name, value in GOOD.items() if name != missing}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"1", b'"text"', b"{", b"\xff\xfe", b"[" * MAX_FRAME_BYTES]
)
def test_a_body_that_is_no_object_is_a_bad_hint(body: bytes) -> None:
    with pytest.raises(BadHint):
        decode(body)


def test_a_frame_over_the_bound_is_a_bad_hint() -> None:
    body = json.dumps(GOOD).encode()
    assert decode(body.ljust(MAX_FRAME_BYTES)) == Hint("payment.created", "pay_1")
    with pytest.raises(BadHint, match="too long"):
        decode(body.ljust(MAX_FRAME_BYTES + 1))


def test_a_field_added_later_is_ignored() -> None:
    assert decode(json.dumps(GOOD | {"more": 1}).encode()) == Hint("payment.created", "pay_1")


def test_the_reason_repeats_nothing_of_what_came() -> None:
    with pytest.raises(BadHint) as caught:
        decode(json.dumps(GOOD | {"id": "4111 1111 1111 1111"}).encode())

    assert "4111" not in str(caught.value)


def test_a_hint_that_could_not_be_read_back_cannot_be_made() -> None:
    with pytest.raises(BadHint):
        Hint("payment.created", "no spaces here")
