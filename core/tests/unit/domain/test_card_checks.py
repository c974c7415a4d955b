"""Cards are judged in the contract's order, and nothing of them leaks."""

from __future__ import annotations

import dataclasses
import traceback
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.validation import CardInput, CardSummary, card_network, check_card

TODAY = date(2024, 1, 15)
VISA = "4111111111111111"
GOOD = CardInput(number=VISA, expiry_month="12", expiry_year="2030", cvv="123", holder_name="Asha Rao")


def refusal_of(card: CardInput, today: date = TODAY) -> ErrorCode:
    with pytest.raises(GatewayError) as refusal:
        check_card(card, today)
    return refusal.value.code


def with_check_digit(digits: str) -> str:
    """Luhn written the other way round than the code under test."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        doubled = int(character) * 2 if place % 2 == 0 else int(character)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


@pytest.mark.parametrize(
    ("number", "network"),
    [
        (VISA, "visa"),
        ("4222222222222", "visa"),
        ("5105105105105100", "mastercard"),
        ("5555555555554444", "mastercard"),
        ("378282246310005", "amex"),
        ("341111111111111", "amex"),
        ("6011111111111117", "rupay"),
        ("6521111111111110", "rupay"),
        ("3530111333300000", "unknown"),
    ],
)
def test_a_good_card_gives_network_and_last_four(number: str, network: str) -> None:
    card = dataclasses.replace(GOOD, number=number)
    assert check_card(card, TODAY) == CardSummary(network=network, last4=number[-4:])


@pytest.mark.parametrize("prefix", range(100))
def test_the_network_follows_the_contracts_prefixes(prefix: int) -> None:
    expected = "unknown"
    if 40 <= prefix <= 49:
        expected = "visa"
    elif 51 <= prefix <= 55:
        expected = "mastercard"
    elif prefix in (34, 37):
        expected = "amex"
    elif prefix in (60, 65) or 81 <= prefix <= 89:
        expected = "rupay"
    assert card_network(f"{prefix:02d}00000000000") == expected


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "4111-1111-1111-1111", " 4111 1111-11111111-"])
def test_spaces_and_dashes_do_not_count(number: str) -> None:
    assert check_card(dataclasses.replace(GOOD, number=number), TODAY).last4 == "1111"


@given(st.text("0123456789", min_size=12, max_size=18))
def test_luhn_accepts_the_one_right_check_digit_and_no_other(digits: str) -> None:
    right = with_check_digit(digits)
    for last in "0123456789":
        card = dataclasses.replace(GOOD, number=digits + last)
        if digits + last == right:
            assert check_card(card, TODAY).last4 == right[-4:]
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
        "4111.1111.1111.1111",
        "411111111111111\u0661",
        "\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11",
        "\u00a04111111111111111",
        "abcdefghijklmnop",
    ],
)
def test_a_bad_number_is_an_invalid_card(number: str) -> None:
    assert refusal_of(dataclasses.replace(GOOD, number=number)) is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("name", ["number", "expiry_month", "expiry_year", "cvv", "holder_name"])
def test_a_missing_field_is_an_invalid_card(name: str) -> None:
    assert refusal_of(dataclasses.replace(GOOD, **{name: ""})) is ErrorCode.INVALID_CARD
    body = dataclasses.asdict(GOOD)
    del body[name]
    with pytest.raises(GatewayError) as refusal:
        CardInput.from_json(body)
    assert refusal.value.code is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("cvv", ["12", "12345", "12a", "123\n", " 123", "\u0661\u0662\u0663"])
def test_a_cvv_is_three_or_four_digits(cvv: str) -> None:
    assert check_card(dataclasses.replace(GOOD, cvv="1234"), TODAY).network == "visa"
    assert refusal_of(dataclasses.replace(GOOD, cvv=cvv)) is ErrorCode.INVALID_CARD


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
    assert check_card(card, today).last4 == "1111"


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
        (" 1", "2030", TODAY),
        ("1\n", "2030", TODAY),
        ("\u0661", "2030", TODAY),
        ("12", "030", TODAY),
        ("12", "20300", TODAY),
        ("12", "0030", TODAY),
        ("12", "\u0968\u0966\u0969\u0966", TODAY),
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
    assert check_card(CardInput.from_json(body), TODAY).last4 == "1111"


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
        check_card(CardInput.from_json({**dataclasses.asdict(GOOD), **change}), TODAY)
    assert refusal.value.code is ErrorCode.INVALID_CARD


@pytest.mark.parametrize("value", [None, VISA, 1, [dataclasses.asdict(GOOD)]])
def test_a_card_is_an_object(value: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        CardInput.from_json(value)
    assert refusal.value.code is ErrorCode.INVALID_CARD


def test_neither_repr_nor_error_shows_the_card() -> None:
    card = dataclasses.replace(GOOD, number="4242424242424241", cvv="987")
    with pytest.raises(GatewayError) as refusal:
        check_card(card, TODAY)
    shown = repr(card) + str(card) + f"{card!s:>40}" + "".join(traceback.format_exception(refusal.value))
    for part in ("4242", "987", "Asha"):
        assert part not in shown
