"""Amounts are integers in minor units within bounds every reader holds exactly."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.currencies import MINOR_UNIT_DIGITS
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.money import (
    MAX_AMOUNT_MINOR,
    check_amount_for,
    check_currency,
    check_positive_amount,
    check_upi_currency,
    decimal_amount,
)

check_order_amount = partial(check_amount_for, "INR")
NOT_INTEGERS: list[object] = [None, True, False, 500.0, 99.5, "500", [], {}, float("nan")]


@given(st.integers(100, MAX_AMOUNT_MINOR))
def test_an_order_amount_in_bounds_is_taken_as_it_is(amount: int) -> None:
    assert check_order_amount(amount) == amount


@pytest.mark.parametrize("value", NOT_INTEGERS)
def test_an_amount_that_is_no_integer_is_refused(value: object) -> None:
    for check in (check_order_amount, check_positive_amount):
        with pytest.raises(GatewayError) as refusal:
            check(value)
        assert refusal.value.code is ErrorCode.BAD_REQUEST_ERROR
        assert refusal.value.description == "amount must be an integer"
        assert refusal.value.field == "amount"


@pytest.mark.parametrize("value", [99, 1, 0, -1, -(10**30)])
def test_an_order_is_at_least_one_hundred_minor_units(value: int) -> None:
    with pytest.raises(GatewayError, match="amount must be at least 100"):
        check_order_amount(value)


@pytest.mark.parametrize("value", [0, -1])
def test_a_refund_is_at_least_one_minor_unit(value: int) -> None:
    assert check_positive_amount(1) == 1
    with pytest.raises(GatewayError, match=r"amount must be at least 1$"):
        check_positive_amount(value)


@pytest.mark.parametrize("value", [2**53, 2**63, 10**400])
def test_an_amount_that_javascript_would_round_is_refused(value: int) -> None:
    for check in (check_order_amount, check_positive_amount):
        assert check(2**53 - 1) == 2**53 - 1
        with pytest.raises(GatewayError, match="amount must be at most 9007199254740991"):
            check(value)


@pytest.mark.parametrize(
    ("currency", "least"),
    [("JPY", 1), ("VND", 1), ("INR", 100), ("HUF", 100), ("IDR", 100), ("KWD", 100), ("IQD", 100)],
)
def test_the_least_amount_is_a_major_unit_or_a_hundred_minor_ones(currency: str, least: int) -> None:
    assert check_amount_for(currency, least) == least
    with pytest.raises(GatewayError, match=f"amount must be at least {least}$"):
        check_amount_for(currency, least - 1)
    with pytest.raises(GatewayError, match="amount must be an integer"):
        check_amount_for(currency, "500")


def test_the_currency_defaults_to_inr() -> None:
    assert check_currency(None) == "INR"


@pytest.mark.parametrize("value", ["USD", "usd", "Usd"])
def test_a_currency_is_taken_in_any_case(value: str) -> None:
    assert check_currency(value) == "USD"


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("HUF", 2), ("IDR", 2), ("COP", 2), ("MGA", 2), ("IQD", 3), ("KWD", 3), ("JPY", 0)],
)
def test_decimals_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert MINOR_UNIT_DIGITS[currency] == decimals


@pytest.mark.parametrize(
    "value",
    [
        "",
        "IN",
        "INRR",
        "INR\n",
        " INR",
        "ÍNR",
        "\u0131nr",
        356,
        True,
        ["INR"],
        "ZZZ",
        "XXX",
        "UDS",
        "XAU",
        "CLF",
    ],
)
def test_codes_that_are_not_payable_are_no_currency(value: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_currency(value)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "currency")


def test_upi_takes_rupees_only() -> None:
    check_upi_currency("INR")
    with pytest.raises(GatewayError) as refusal:
        check_upi_currency("USD")
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "method")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "expected"),
    [
        (50_000, "INR", "500.00"),
        (5, "INR", "0.05"),
        (0, "USD", "0.00"),
        (150_000, "HUF", "1500.00"),
        (500, "JPY", "500"),
        (1_234, "KWD", "1.234"),
        (MAX_AMOUNT_MINOR, "INR", "90071992547409.91"),
        (100, "UDS", "1.00"),
    ],
)
def test_decimals_are_written_out(amount_minor: int, currency: str, expected: str) -> None:
    assert decimal_amount(amount_minor, currency) == expected
