"""Ids have a fixed shape and keep all the entropy they are made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX, REFUND_PREFIX, encode_id, is_id

PREFIXES = [ORDER_PREFIX, PAYMENT_PREFIX, REFUND_PREFIX]


@given(st.sampled_from(PREFIXES), st.binary(min_size=16, max_size=64))
def test_an_id_is_its_prefix_and_22_letters_or_digits(prefix: str, entropy: bytes) -> None:
    identifier = encode_id(prefix, entropy)
    assert re.fullmatch(re.escape(prefix) + "[A-Za-z0-9]{22}", identifier)
    assert is_id(prefix, identifier)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_sixteen_bytes_map_one_to_one(one: bytes, other: bytes) -> None:
    assert (encode_id("pay_", one) == encode_id("pay_", other)) == (one == other)


@pytest.mark.parametrize(
    ("entropy", "text"),
    [
        (bytes(16), "0" * 22),
        (bytes(15) + b"\x3d", "0" * 21 + "z"),
        (bytes(15) + b"\x3e", "0" * 20 + "10"),
        (b"\xff" * 16, "7n42DGM5Tflk9n8mt7Fhc7"),
    ],
)
def test_the_digits_are_base62_in_ascii_order(entropy: bytes, text: str) -> None:
    assert encode_id("pay_", entropy) == "pay_" + text


def test_too_little_entropy_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        encode_id("pay_", bytes(15))


def test_the_contracts_shortest_id_is_an_id() -> None:
    assert is_id("order_", "order_" + "a" * 16)


@pytest.mark.parametrize(
    "text",
    [
        *("", "order_", "order_" + "a" * 15, "order_" + "a" * 65, "pay_" + "a" * 22, "ORDER_" + "a" * 22),
        *("order_" + "a" * 21 + odd for odd in ("a\n", "/", "é", "\u0663", "\x00")),
        " order_" + "a" * 22,
    ],
)
def test_anything_else_is_no_order_id(text: str) -> None:
    assert not is_id("order_", text)
