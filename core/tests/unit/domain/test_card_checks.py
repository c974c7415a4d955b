"""Cards are checked in the contract's order, and errors contain no card data."""

from __future__ import annotations

import dataclasses
import traceback
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.validation import CardInput, CardSummary, check_card, check_expiry

TODAY = date(2024, 1, 15)
VISA = "4111111111111111"
GOOD = CardInput(number=VISA, expiry_month="12", expiry_year="2030", cvv="123", holder_name="Asha Rao")


def check(card: CardInput, today: date = TODAY) -> CardSummary:
    """Both checks, as they follow each other."""
    summary = check_card(card)
    check_expiry(summary, today)
    return summary


def refusal_of(card: CardInput, today: date = TODAY) -> ErrorCode:
    with pytest.raises(GatewayError) as refusal:
        check(card, today)
    return refusal.value.code


def field_of(change: dict[str, object]) -> tuple[str, str, str | None]:
    """Code, description and field of the refusal of a good card with one change."""
    with pytest.raises(GatewayError) as refusal:
        check(CardInput.from_json({**dataclasses.asdict(GOOD), **change}), TODAY)
    return refusal.value.code, refusal.value.description, refusal.value.field


def with_check_digit(digits: str) -> str:
    """Luhn written the other way round than the code under test."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        doubled = int(character) * 2 if place % 2 == 0 else int(character)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


@given(st.text("0123456789", min_size=11, max_size=14))
def test_luhn_accepts_the_one_right_check_digit_and_no_other(tail: str) -> None:
    digits = "90" + tail  # of no network, so any length from 13 will do
    right = with_check_digit(digits)
    for last in "0123456789":
        card = dataclasses.replace(GOOD, number=digits + last)
        if digits + last == right:
            assert check(card, TODAY).last4 == right[-4:]
        else:
            assert refusal_of(card) is ErrorCode.INVALID_CARD


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0" * 12,
        "0" * 20,
        "4111111111111112",
        "4111\t111111111111",
        VISA + "\n",
        "4111/1111/1111/1111",
        "41111111111111\u00b91",
        "0" * 16,
        "abcdefghijklmnop",
    ],
)
def test_a_bad_number_is_an_invalid_card(number: str) -> None:
    assert refusal_of(dataclasses.replace(GOOD, number=number)) is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("name", ["number", "expiry_month", "expiry_year", "cvv", "holder_name"])
def test_a_missing_field_is_an_invalid_card(name: str) -> None:
    for missing in (None, "", "  ", ["1"]):
        refused = field_of({name: missing})
        assert refused == ("INVALID_CARD", "Card validation failed", f"card.{name}")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"number": "4111111111111112"}, "INVALID_CARD", "card.number"),
        ({"number": "4111111111111112", "cvv": "1", "expiry_year": "20"}, "INVALID_CARD", "card.number"),
        ({"number": "3782822463100050"}, "INVALID_CARD", "card.number"),
        ({"number": "378282246310005"}, "INVALID_CARD", "card.cvv"),
        ({"cvv": "1234"}, "INVALID_CARD", "card.cvv"),
        ({"holder_name": "A" * 256}, "INVALID_CARD", "card.holder_name"),
        ({"expiry_month": "13"}, "EXPIRED_CARD", "card.expiry_month"),
        ({"expiry_year": "203"}, "EXPIRED_CARD", "card.expiry_year"),
        ({"expiry_month": "12", "expiry_year": "2023"}, "EXPIRED_CARD", "card.expiry_month"),
    ],
)
def test_a_refusal_names_the_first_field_that_is_wrong(
    change: dict[str, object], code: str, field: str
) -> None:
    description = "Card validation failed" if code == "INVALID_CARD" else "Card expiry date invalid"
    assert field_of(change) == (code, description, field)


@pytest.mark.parametrize("cvv", ["12", "1234", "12a", "1-23", "1\u00b23"])
def test_a_cvv_is_as_many_digits_as_the_network_prints(cvv: str) -> None:
    assert refusal_of(dataclasses.replace(GOOD, cvv=cvv)) is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("cvv", [" 123", "123\n", "\u0661\u0662\u0663", "\uff11\uff12\uff13\u00a0"])
def test_a_cvv_is_read_in_any_script_and_without_its_edges(cvv: str) -> None:
    assert check(dataclasses.replace(GOOD, cvv=cvv), TODAY).network == "visa"


@pytest.mark.parametrize(
    ("month", "year", "today"),
    [
        ("01", "2024", date(2024, 1, 31)),
        ("1", "24", date(2024, 1, 31)),
        ("02", "24", date(2024, 2, 29)),
        ("12", "2024", date(2024, 12, 31)),
        ("01", "2025", date(2024, 12, 31)),
        ("12", "99", date(2024, 1, 1)),
    ],
)
def test_a_card_is_good_to_the_end_of_its_month(month: str, year: str, today: date) -> None:
    card = dataclasses.replace(GOOD, expiry_month=month, expiry_year=year)
    assert check(card, today).last4 == "1111"


@pytest.mark.parametrize(
    ("month", "year", "today"),
    [
        ("01", "2024", date(2024, 2, 1)),
        ("12", "23", date(2024, 1, 1)),
        ("12", "1999", TODAY),
        ("13", "2030", TODAY),
        ("0", "2030", TODAY),
        ("00", "2030", TODAY),
        ("-1", "2030", TODAY),
        ("012", "2030", TODAY),
        ("1 2", "2030", TODAY),
        ("\u00b9", "2030", TODAY),
        ("12", "030", TODAY),
        ("12", "20300", TODAY),
        ("12", "0030", TODAY),
        ("xx", "yy", TODAY),
    ],
)
def test_a_bad_or_past_expiry_is_an_expired_card(month: str, year: str, today: date) -> None:
    card = dataclasses.replace(GOOD, expiry_month=month, expiry_year=year)
    assert refusal_of(card, today) is ErrorCode.EXPIRED_CARD


def test_the_number_is_judged_before_the_expiry() -> None:
    card = dataclasses.replace(GOOD, number="4111111111111112", expiry_year="2001")
    assert refusal_of(card) is ErrorCode.INVALID_CARD


def test_a_request_may_give_the_expiry_as_numbers() -> None:
    body = {**dataclasses.asdict(GOOD), "expiry_month": 1, "expiry_year": 2024}
    assert check(CardInput.from_json(body), TODAY).last4 == "1111"


@pytest.mark.parametrize(
    "change",
    [
        {"number": 4111111111111111},
        {"cvv": 123},
        {"expiry_month": True},
        {"expiry_year": 2030.0},
        {"expiry_year": -1},
        {"holder_name": ["A"]},
        {"holder_name": "  "},
        {"holder_name": "A" * 256},
    ],
)
def test_a_wrongly_typed_field_is_an_invalid_card(change: dict[str, object]) -> None:
    with pytest.raises(GatewayError) as refusal:
        check(CardInput.from_json({**dataclasses.asdict(GOOD), **change}), TODAY)
    assert refusal.value.code is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("value", [None, VISA, 1, [dataclasses.asdict(GOOD)]])
def test_a_card_is_an_object(value: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        CardInput.from_json(value)
    assert refusal.value.code is ErrorCode.INVALID_CARD


def test_neither_repr_nor_error_shows_the_card() -> None:
    card = dataclasses.replace(GOOD, number="4242424242424241", cvv="987")
    with pytest.raises(GatewayError) as refusal:
        check(card, TODAY)
    shown = repr(card) + str(card) + f"{card!s:>40}" + "".join(traceback.format_exception(refusal.value))
    for part in ("4242", "987", "Asha"):
        assert part not in shown
