"""Every error has the contract's code and text."""

from __future__ import annotations

import pytest

from gateway_core.domain import errors
from gateway_core.domain.errors import ErrorCode, GatewayError


@pytest.mark.parametrize(
    ("error", "code", "description"),
    [
        (errors.authentication_failed(), "AUTHENTICATION_ERROR", "Invalid API credentials"),
        (errors.sign_in_failed(), "AUTHENTICATION_ERROR", "Invalid email or password"),
        (errors.cross_site_refused(), "FORBIDDEN_ERROR", "Cross-site request refused"),
        (errors.session_required(), "FORBIDDEN_ERROR", "Sign in to the dashboard to do this"),
        (errors.not_found("Order"), "NOT_FOUND_ERROR", "Order not found"),
        (errors.not_found("Webhook log"), "NOT_FOUND_ERROR", "Webhook log not found"),
        (errors.invalid_payment_method(), "BAD_REQUEST_ERROR", "Invalid payment method"),
        (errors.not_capturable(), "BAD_REQUEST_ERROR", "Payment not in capturable state"),
        (errors.not_refundable(), "BAD_REQUEST_ERROR", "Payment not in refundable state"),
        (errors.refund_exceeds_available(), "BAD_REQUEST_ERROR", "Refund amount exceeds available amount"),
        (errors.invalid_vpa(), "INVALID_VPA", "VPA format invalid"),
        (errors.invalid_card(), "INVALID_CARD", "Card validation failed"),
        (errors.expired_card(), "EXPIRED_CARD", "Card expiry date invalid"),
        (errors.internal_error(), "INTERNAL_ERROR", "Internal server error"),
    ],
)
def test_a_refusal_has_the_contracts_code_and_description(
    error: GatewayError, code: str, description: str
) -> None:
    assert (error.code, error.description) == (code, description)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.idempotency_key_in_use(), ErrorCode.IDEMPOTENCY_KEY_IN_USE),
        (errors.rate_limited(7), ErrorCode.RATE_LIMIT_ERROR),
        (errors.service_unavailable(), ErrorCode.SERVICE_UNAVAILABLE),
    ],
)
def test_a_temporary_refusal_carries_retry_after(error: GatewayError, code: ErrorCode) -> None:
    assert error.code is code
    assert (error.retry_after_s or 0) >= 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.idempotency_key_reused("body"), ErrorCode.IDEMPOTENCY_KEY_REUSED),
        (errors.method_not_allowed(), ErrorCode.METHOD_NOT_ALLOWED),
        (errors.payload_too_large(65536), ErrorCode.PAYLOAD_TOO_LARGE),
        (errors.cross_site_refused(), ErrorCode.FORBIDDEN_ERROR),
        (errors.unsupported_media_type(), ErrorCode.UNSUPPORTED_MEDIA_TYPE),
        (errors.order_already_paid(), ErrorCode.BAD_REQUEST_ERROR),
    ],
)
def test_a_permanent_refusal_carries_no_retry_after(error: GatewayError, code: ErrorCode) -> None:
    assert error.code is code
    assert error.retry_after_s is None


def test_every_code_is_its_own_name() -> None:
    assert all(code.name == code.value for code in ErrorCode)
