"""Coded errors (contract, "Errors"). One table elsewhere turns a code into an HTTP status."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class ErrorCode(StrEnum):
    """The stable `error.code` of every refusal."""

    AUTHENTICATION_ERROR = "AUTHENTICATION_ERROR"
    FORBIDDEN_ERROR = "FORBIDDEN_ERROR"
    NOT_FOUND_ERROR = "NOT_FOUND_ERROR"
    BAD_REQUEST_ERROR = "BAD_REQUEST_ERROR"
    INVALID_VPA = "INVALID_VPA"
    INVALID_CARD = "INVALID_CARD"
    EXPIRED_CARD = "EXPIRED_CARD"
    IDEMPOTENCY_KEY_IN_USE = "IDEMPOTENCY_KEY_IN_USE"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    RATE_LIMIT_ERROR = "RATE_LIMIT_ERROR"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"


class GatewayError(Exception):
    """A refusal whose text is safe to show to the caller.

    `description` repeats no input, so it cannot contain a card number.
    `retry_after_s` becomes the `Retry-After` header; `field` names the offending request field.
    """

    def __init__(
        self, code: ErrorCode, description: str, *, retry_after_s: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s
        self.field = field


def authentication_failed() -> GatewayError:
    """The same for missing, wrong and inactive credentials, so that callers cannot tell them apart."""
    return GatewayError(ErrorCode.AUTHENTICATION_ERROR, "Invalid API credentials")


def sign_in_failed() -> GatewayError:
    """The same for an unknown e-mail address and a wrong password, so that addresses cannot be guessed."""
    return GatewayError(ErrorCode.AUTHENTICATION_ERROR, "Invalid email or password")


def cross_site_refused() -> GatewayError:
    """A browser sent a session's cookie along with a request that the dashboard did not make."""
    return GatewayError(ErrorCode.FORBIDDEN_ERROR, "Cross-site request refused")


def session_required() -> GatewayError:
    """The caller used an API key for an operation that needs a session."""
    return GatewayError(ErrorCode.FORBIDDEN_ERROR, "Sign in to the dashboard to do this")


def not_found(resource: str) -> GatewayError:
    """`resource` as the contract writes it: Order, Payment, Refund, Webhook log, API key."""
    return GatewayError(ErrorCode.NOT_FOUND_ERROR, f"{resource} not found")


def bad_request(description: str, field: str | None = None) -> GatewayError:
    return GatewayError(ErrorCode.BAD_REQUEST_ERROR, description, field=field)


def invalid_payment_method() -> GatewayError:
    return bad_request("Invalid payment method", field="method")


def order_already_paid() -> GatewayError:
    return bad_request("Order already paid", field="order_id")


def payment_in_progress() -> GatewayError:
    return bad_request("A payment for this order is already in progress", field="order_id")


def too_many_attempts() -> GatewayError:
    return bad_request("Too many attempts for this order", field="order_id")


def incorrect_code() -> GatewayError:
    return bad_request("Incorrect code", field="otp")


def no_code_expected() -> GatewayError:
    return bad_request("Payment is not waiting for a code")


def not_cancellable() -> GatewayError:
    return bad_request("Payment can no longer be cancelled")


def not_capturable() -> GatewayError:
    return bad_request("Payment not in capturable state")


def not_refundable() -> GatewayError:
    return bad_request("Payment not in refundable state")


def refund_exceeds_available() -> GatewayError:
    return bad_request("Refund amount exceeds available amount", field="amount")


def invalid_vpa() -> GatewayError:
    return GatewayError(ErrorCode.INVALID_VPA, "VPA format invalid", field="vpa")


def invalid_card(field: str = "card.number") -> GatewayError:
    """One description for every fault of a card: `field` says where, never which digit was wrong."""
    return GatewayError(ErrorCode.INVALID_CARD, "Card validation failed", field=field)


def expired_card(field: str = "card.expiry_month") -> GatewayError:
    return GatewayError(ErrorCode.EXPIRED_CARD, "Card expiry date invalid", field=field)


def idempotency_key_in_use(retry_after_s: int = 1) -> GatewayError:
    return GatewayError(
        ErrorCode.IDEMPOTENCY_KEY_IN_USE,
        "The first request with this Idempotency-Key is still running",
        retry_after_s=retry_after_s,
    )


def idempotency_key_reused(differs: Literal["path", "body"]) -> GatewayError:
    """``differs``: in what the request under the key was another one."""
    return GatewayError(
        ErrorCode.IDEMPOTENCY_KEY_REUSED, f"This Idempotency-Key was used with another request {differs}"
    )


def rate_limited(retry_after_s: int) -> GatewayError:
    return GatewayError(ErrorCode.RATE_LIMIT_ERROR, "Too many requests", retry_after_s=retry_after_s)


def service_unavailable(retry_after_s: int = 1) -> GatewayError:
    return GatewayError(
        ErrorCode.SERVICE_UNAVAILABLE, "Service temporarily unavailable", retry_after_s=retry_after_s
    )


def internal_error() -> GatewayError:
    return GatewayError(ErrorCode.INTERNAL_ERROR, "Internal server error")


def method_not_allowed() -> GatewayError:
    return GatewayError(ErrorCode.METHOD_NOT_ALLOWED, "Method not allowed")


def payload_too_large(max_bytes: int) -> GatewayError:
    return GatewayError(ErrorCode.PAYLOAD_TOO_LARGE, f"Request body must be at most {max_bytes} bytes")


def unsupported_media_type() -> GatewayError:
    return GatewayError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json")
