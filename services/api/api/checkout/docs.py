"""The checkout in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.checkout.schemas import AllowedOrigins, CheckoutPayment, CheckoutSettings, CodeInput
from api.describe import Operation, Shape
from api.payments.docs import CARD_EXAMPLE, NEXT_ACTION_EXAMPLE
from gateway_core.domain.authentication import AUTHENTICATION_WINDOW_S, MAX_AUTHENTICATION_ATTEMPTS
from gateway_core.domain.errors import (
    bad_request,
    incorrect_code,
    no_code_expected,
    not_cancellable,
    not_found,
)

TAG: Final = "Checkout"
_PENDING: Final = {
    **{name: value for name, value in CARD_EXAMPLE.items() if name not in ("entity", "created_at")},
    "error_code": None,
    "error_description": None,
    "next_action": None,
    "signature": None,
}
_FAILED: Final = {**_PENDING, "status": "failed", "error_code": "PAYMENT_FAILED"}
_PAYMENT: Final = Shape(
    name="CheckoutPayment",
    type=CheckoutPayment,
    examples={
        "code_asked": {**_PENDING, "card_last4": "3220", "next_action": NEXT_ACTION_EXAMPLE},
        "success": {
            **_PENDING,
            "status": "success",
            "signature": "9d2a1c0f4b6e8a7d5c3b1f0e2d4c6b8a7f9e1d3c5b7a90f8e6d4c2b0a1f3e5d7",
        },
        "failed": {**_FAILED, "error_description": "Payment was declined by the bank"},
        "cancelled": {**_FAILED, "error_description": "Cancelled by the customer"},
    },
)
_ORIGINS_EXAMPLE: Final = {"allowed_origins": ["https://shop.example"]}
_SETTINGS: Final = Shape(
    name="CheckoutSettings", type=CheckoutSettings, examples={"settings": _ORIGINS_EXAMPLE}
)
_OF_PAYMENT: Final = ("PaymentIdInPath", "ClientSecret")

GET: Final = Operation(
    id="getCheckoutPayment",
    tag=TAG,
    summary="Read a payment with its client secret",
    description="A wrong secret is answered like an unknown payment.",
    parameters=_OF_PAYMENT,
    answer=_PAYMENT,
    refusals=(not_found("Payment"),),
    signed=False,
)
AUTHENTICATE: Final = Operation(
    id="authenticatePayment",
    tag=TAG,
    summary="Enter the code that the card's bank asks for",
    description=(
        f"Within {AUTHENTICATION_WINDOW_S // 60} minutes of the payment. {MAX_AUTHENTICATION_ATTEMPTS} wrong codes "
        "fail it; `next_action` tells how many tries are left."
    ),
    parameters=_OF_PAYMENT,
    body=Shape(name="CodeInput", type=CodeInput, examples={"code": {"otp": "123456"}}),
    answer=_PAYMENT,
    refusals=(
        incorrect_code(),
        no_code_expected(),
        bad_request("otp must be 6 digits", field="otp"),
        not_found("Payment"),
    ),
    signed=False,
)
CANCEL: Final = Operation(
    id="cancelPayment",
    tag=TAG,
    summary="Give up a payment that is not with the bank yet",
    parameters=_OF_PAYMENT,
    answer=_PAYMENT,
    refusals=(not_cancellable(), not_found("Payment")),
    signed=False,
)
ORIGINS: Final = Operation(
    id="getAllowedOrigins",
    tag=TAG,
    summary="Read which sites may frame an order's checkout",
    description="For the server of the checkout's page, which turns them into `frame-ancestors`.",
    parameters=("OrderOfCheckout",),
    answer=Shape(name="AllowedOrigins", type=AllowedOrigins, examples={"origins": _ORIGINS_EXAMPLE}),
    refusals=(not_found("Order"),),
    signed=False,
)
GET_SETTINGS: Final = Operation(
    id="getCheckoutSettings", tag=TAG, summary="Read the checkout's settings", answer=_SETTINGS
)
PUT_SETTINGS: Final = Operation(
    id="updateCheckoutSettings",
    tag=TAG,
    summary="Change the checkout's settings",
    description="Replaces the list. An empty one lets no site frame the checkout (local evaluation: this machine).",
    body=_SETTINGS,
    answer=_SETTINGS,
    refusals=(
        bad_request(
            "allowed_origins must start with https:// (http:// only for localhost and 127.0.0.1)",
            field="allowed_origins",
        ),
    ),
)
