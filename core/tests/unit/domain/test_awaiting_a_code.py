"""When a payer may enter a code, and what a code looks like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway_core.domain.authentication import (
    AUTHENTICATION_WINDOW_S,
    Authentication,
    awaits_code,
    check_code,
)
from gateway_core.domain.errors import ErrorCode, GatewayError
from gateway_core.domain.payment import PaymentStatus

MADE_AT = datetime(2030, 1, 1, tzinfo=UTC)
LAST_MOMENT = MADE_AT + timedelta(seconds=AUTHENTICATION_WINDOW_S, microseconds=-1)


@pytest.mark.parametrize("now", [MADE_AT, LAST_MOMENT])
def test_a_code_is_awaited_within_the_window(now: datetime) -> None:
    assert awaits_code(PaymentStatus.PENDING, Authentication.REQUIRED, MADE_AT, now)


def test_the_window_ends() -> None:
    over = MADE_AT + timedelta(seconds=AUTHENTICATION_WINDOW_S)
    assert not awaits_code(PaymentStatus.PENDING, Authentication.REQUIRED, MADE_AT, over)


@pytest.mark.parametrize("authentication", [None, Authentication.PASSED, Authentication.FAILED])
def test_no_code_is_awaited_unless_it_is_required(authentication: Authentication | None) -> None:
    assert not awaits_code(PaymentStatus.PENDING, authentication, MADE_AT, MADE_AT)


@pytest.mark.parametrize("status", [PaymentStatus.PROCESSING, PaymentStatus.SUCCESS, PaymentStatus.FAILED])
def test_no_code_is_awaited_of_a_payment_that_has_moved_on(status: PaymentStatus) -> None:
    assert not awaits_code(status, Authentication.REQUIRED, MADE_AT, MADE_AT)


def test_a_code_is_six_digits() -> None:
    assert check_code("000000") == "000000"


@pytest.mark.parametrize(
    "value", [None, 123456, "", "12345", "1234567", "12345a", "123456\n", "१२३४५६", ["123456"]]
)
def test_any_other_code_is_refused(value: object) -> None:
    with pytest.raises(GatewayError) as refusal:
        check_code(value)
    assert (refusal.value.code, refusal.value.field) == (ErrorCode.BAD_REQUEST_ERROR, "otp")
