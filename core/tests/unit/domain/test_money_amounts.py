"""Amounts are integers in minor units within bounds every reader holds exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.money import (
    MAX_AMOUNT_MINOR,
    MIN_AMOUNT_MINOR,
    check_currency,
    check_order_amount,
    check_positive_amount,
)

NOT_INTEGERS: list[object] = [None, True, False, 500.0, 99.5, "500", [], {}, float("nan")]


@given(st.integers(MIN_AMOUNT_MINOR, MAX_AMOUNT_MINOR))
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


def test_the_currency_defaults_to_inr() -> None:
    assert check_currency(None) == "INR"
    assert check_currency("USD") == "USD"


@pytest.mark.parametrize("value", ["", "inr", "IN", "INRR", "INR\n", "ÍNR", "1NR", 356, True, ["INR"]])
def test_a_currency_is_three_upper_case_letters(value: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_currency(value)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "currency")
