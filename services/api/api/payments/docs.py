"""Payments in the OpenAPI document."""

from __future__ import annotations

from typing import Final

from api.describe import Operation, Shape
from api.payments.public import MAX_PUBLIC_ATTEMPTS_PER_ORDER
from api.payments.schemas import (
    CaptureInput,
    NewPayment,
    NewPublicPayment,
    Payment,
    PaymentInput,
    PublicPayment,
)
from gateway_core.domain.errors import (
    bad_request,
    expired_card,
    invalid_card,
    invalid_payment_method,
    invalid_vpa,
    not_capturable,
    not_found,
    order_already_paid,
    payment_in_progress,
    too_many_attempts,
)

TAG: Final = "Payments"
UPI_EXAMPLE: Final = {
    "id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "entity": "payment",
    "order_id": "order_5kP0aQx8ZrT2mN7vB4cY1d",
    "amount": 50000,
    "currency": "INR",
    "method": "upi",
    "vpa": "user@paytm",
    "status": "pending",
    "created_at": "2024-01-15T10:31:00.123Z",
}
CARD_EXAMPLE: Final = {
    **{name: value for name, value in UPI_EXAMPLE.items() if name != "vpa"},
    "method": "card",
    "card_network": "visa",
    "card_last4": "1111",
}
NEXT_ACTION_EXAMPLE: Final = {"type": "otp", "attempts_left": 3}
CLIENT_SECRET_EXAMPLE: Final = "pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6"  # noqa: S105 -- opens nothing
_FOR_THE_BROWSER: Final = {"client_secret": CLIENT_SECRET_EXAMPLE, "next_action": None}
_TO_AUTHENTICATE: Final = {
    **CARD_EXAMPLE,
    "card_last4": "3220",
    "client_secret": CLIENT_SECRET_EXAMPLE,
    "next_action": NEXT_ACTION_EXAMPLE,
}
CAPTURED_EXAMPLE: Final = {
    **UPI_EXAMPLE,
    "status": "success",
    "captured": True,
    "amount_refunded": 0,
    "requires_review": False,
    "error_code": None,
    "error_description": None,
    "updated_at": "2024-01-15T10:31:07.456Z",
}
FAILED_EXAMPLE: Final = {
    **CAPTURED_EXAMPLE,
    "status": "failed",
    "captured": False,
    "error_code": "PAYMENT_FAILED",
    "error_description": "Declined by the bank",
}
_ORDER_ID: Final = UPI_EXAMPLE["order_id"]
_PUBLIC_FIELDS: Final = (
    "id", "order_id", "amount", "currency", "method", "status", "created_at", "updated_at",
)  # fmt: skip

_INPUT: Final = Shape(
    name="PaymentInput",
    type=PaymentInput,
    examples={
        "upi": {"order_id": _ORDER_ID, "method": "upi", "vpa": "user@paytm"},
        "card": {
            "order_id": _ORDER_ID,
            "method": "card",
            "card": {
                "number": "4111 1111 1111 1111",
                "expiry_month": "12",
                "expiry_year": "2030",
                "cvv": "123",
                "holder_name": "Asha Rao",
            },
        },
    },
)
_NEW: Final = Shape(
    name="NewPayment",
    type=NewPayment,
    examples={"upi": UPI_EXAMPLE, "card": CARD_EXAMPLE, "code_asked": _TO_AUTHENTICATE},
)
_NEW_PUBLIC: Final = Shape(
    name="NewPublicPayment",
    type=NewPublicPayment,
    examples={
        "upi": {**UPI_EXAMPLE, **_FOR_THE_BROWSER},
        "card": {**CARD_EXAMPLE, **_FOR_THE_BROWSER},
        "code_asked": _TO_AUTHENTICATE,
    },
)
_PAYMENT: Final = Shape(
    name="Payment", type=Payment, examples={"success": CAPTURED_EXAMPLE, "failed": FAILED_EXAMPLE}
)
_CREATION_REFUSALS: Final = (
    invalid_payment_method(), invalid_vpa(), invalid_card(), expired_card(), order_already_paid(), not_found("Order"),
)  # fmt: skip

CREATE: Final = Operation(
    id="createPayment",
    tag=TAG,
    summary="Pay an order",
    description=(
        "The payment is pending at first; read it again, or wait for its webhook. Where the card's bank asks its "
        "holder for a code, `next_action` says so, and `client_secret` lets the payer's browser pass it."
    ),
    body=_INPUT,
    status=201,
    answer=_NEW,
    refusals=_CREATION_REFUSALS,
    keyed=True,
)
CREATE_PUBLIC: Final = Operation(
    id="createPublicPayment",
    tag=TAG,
    summary="Pay an order as its payer",
    description=(
        "For the checkout page: the browser holds no secret but that of its own payment. One payment of an order at a "
        f"time, at most {MAX_PUBLIC_ATTEMPTS_PER_ORDER} in all. Keys count within one order."
    ),
    body=_INPUT,
    status=201,
    answer=_NEW_PUBLIC,
    refusals=(*_CREATION_REFUSALS, payment_in_progress(), too_many_attempts()),
    signed=False,
    keyed=True,
)
LIST: Final = Operation(
    id="listPayments",
    tag=TAG,
    summary="List payments",
    description='Newest first. Follow `Link: <…>; rel="next"`, which is stable while payments are added.',
    parameters=(
        "Limit",
        "Offset",
        "Cursor",
        "PaymentQuery",
        "PaymentStatus",
        "PaymentMethod",
        "OrderIdInQuery",
        "CreatedFrom",
        "CreatedTo",
        "AmountMin",
        "AmountMax",
    ),
    answer=Shape(name="PaymentList", type=list[Payment], examples={"payments": [CAPTURED_EXAMPLE]}),
    answer_headers=("Link", "X-Total-Count"),
    refusals=(bad_request("status must be one of pending, processing, success, failed", field="status"),),
)
GET: Final = Operation(
    id="getPayment",
    tag=TAG,
    summary="Read a payment",
    parameters=("PaymentIdInPath",),
    answer=_PAYMENT,
    refusals=(not_found("Payment"),),
)
GET_PUBLIC: Final = Operation(
    id="getPublicPayment",
    tag=TAG,
    summary="Read a payment as its payer",
    parameters=("PaymentIdInPath",),
    answer=Shape(
        name="PublicPayment",
        type=PublicPayment,
        examples={"payment": {name: CAPTURED_EXAMPLE[name] for name in _PUBLIC_FIELDS}},
    ),
    refusals=(not_found("Payment"),),
    signed=False,
)
CAPTURE: Final = Operation(
    id="capturePayment",
    tag=TAG,
    summary="Capture a payment",
    description="Once, of a successful payment, all of its amount.",
    parameters=("PaymentIdInPath",),
    body=Shape(name="CaptureInput", type=CaptureInput, examples={"all": {"amount": 50000}}),
    answer=_PAYMENT,
    refusals=(
        not_capturable(),
        bad_request("Capture amount must equal the payment amount", field="amount"),
        not_found("Payment"),
    ),
    keyed=True,
)
