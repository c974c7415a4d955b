"""The same request has the same fingerprint; any other has another."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.idempotency import fingerprint

KEY = b"k" * 32
ROUTE = "POST /api/v1/payments"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_key_order_and_white_space_do_not_count(body: object) -> None:
    spaced = json.loads(json.dumps(body, indent=3), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert fingerprint(KEY, ROUTE, spaced) == fingerprint(KEY, ROUTE, body)


@given(JSON_VALUES, JSON_VALUES)
def test_another_body_has_another_fingerprint(one: object, other: object) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (fingerprint(KEY, ROUTE, one) == fingerprint(KEY, ROUTE, other)) == same


def test_values_that_python_calls_equal_have_different_fingerprints() -> None:
    prints = {fingerprint(KEY, ROUTE, {"amount": value}) for value in (1, 1.0, True, "1", [1], None)}
    assert len(prints) == 6


def test_the_route_counts_and_cannot_run_into_the_body() -> None:
    assert fingerprint(KEY, "/a", "b") != fingerprint(KEY, "/ab", "")
    assert fingerprint(KEY, "/a", {}) != fingerprint(KEY, "/b", {})


def test_fingerprints_differ_by_key() -> None:
    body = {"number": "4111111111111111"}
    kept = fingerprint(KEY, ROUTE, body)
    assert len(kept) == 32
    assert kept != fingerprint(b"x" * 32, ROUTE, body)
    canonical = json.dumps([ROUTE, body], sort_keys=True, separators=(",", ":")).encode()
    assert kept != hashlib.sha256(canonical).digest()


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        fingerprint(KEY, ROUTE, {"amount": float("nan")})
