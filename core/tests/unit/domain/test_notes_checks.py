"""Notes are bounded, storable, and exact in JavaScript."""

from __future__ import annotations

import pytest

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.validation import check_notes


def refusal_of(value: object) -> str:
    with pytest.raises(GatewayError) as refusal:
        check_notes(value)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "notes")
    return refusal.value.description


def nested(levels: int) -> dict[str, object]:
    return {"in": nested(levels - 1)} if levels > 1 else {}


@pytest.mark.parametrize(
    "notes",
    [
        {},
        {"customer": "₹ 🙂 שלום", "n": 5, "yes": True, "none": None, "list": [1, ["a"]]},
        {"max": 2**53 - 1, "min": -(2**53 - 1)},
        {"10": "a", "__proto__": {"x": 1}, "": "empty key"},
        {str(number): "" for number in range(50)},
        {"k" * 256: "v"},
        nested(4),
        {"text": "x" * (16 * 1024 - len('{"text":""}'))},
    ],
)
def test_good_notes_are_taken_as_they_are(notes: dict[str, object]) -> None:
    assert check_notes(notes) == notes


@pytest.mark.parametrize("value", [None, {}, []])
def test_no_notes_are_empty_notes(value: object) -> None:
    assert check_notes(value) == {}


@pytest.mark.parametrize("value", [[1], "text", 1, True])
def test_notes_are_an_object(value: object) -> None:
    assert refusal_of(value) == "notes must be an object"


@pytest.mark.parametrize("number", [1.0, 0.5, -0.0, 1e300, float("inf")])
def test_decimals_are_refused_with_advice(number: float) -> None:
    for notes in ({"rate": number}, {"deep": {"rates": [number]}}):
        assert refusal_of(notes) == "notes numbers must be integers; send decimals as strings"


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**400])
def test_integers_javascript_would_round_are_refused(number: int) -> None:
    assert "within ±9007199254740991" in refusal_of({"big": number})


@pytest.mark.parametrize("text", ["\x00", "a\ud800"])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    assert "NUL or unpaired surrogate" in refusal_of({"key": [text]})
    with pytest.raises(GatewayError, match="NUL or unpaired surrogate"):
        check_notes({text: "value"})


def test_notes_are_bounded() -> None:
    assert refusal_of({str(number): "" for number in range(51)}) == "notes must have at most 50 keys"
    assert refusal_of(nested(5)) == "notes must be nested at most 4 levels deep"
    assert refusal_of({"a": [[[[]]]]}) == "notes must be nested at most 4 levels deep"
    assert refusal_of({"text": "x" * (16 * 1024)}) == "notes must be at most 16384 bytes of JSON"
    assert refusal_of({"text": "₹" * 6000}) == "notes must be at most 16384 bytes of JSON"
    with pytest.raises(GatewayError, match="at most 256 characters"):
        check_notes({"k" * 257: "v"})


def test_a_very_deep_object_is_refused_without_descending() -> None:
    assert refusal_of(nested(900)) == "notes must be nested at most 4 levels deep"
