"""Payments as the documentation shows them."""

from __future__ import annotations

UPI_EXAMPLE = {
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
CARD_EXAMPLE = {
    **{name: value for name, value in UPI_EXAMPLE.items() if name != "vpa"},
    "method": "card",
    "card_network": "visa",
    "card_last4": "1111",
}
NEXT_ACTION_EXAMPLE = {"type": "otp", "attempts_left": 3}
CLIENT_SECRET_EXAMPLE = "pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6"  # noqa: S105 -- opens nothing
CODE_ASKED_EXAMPLE = {
    **CARD_EXAMPLE,
    "card_last4": "3220",
    "client_secret": CLIENT_SECRET_EXAMPLE,
    "next_action": NEXT_ACTION_EXAMPLE,
}
CAPTURED_EXAMPLE = {
    **UPI_EXAMPLE,
    "status": "success",
    "captured": True,
    "amount_refunded": 0,
    "requires_review": False,
    "error_code": None,
    "error_description": None,
    "receipt": "receipt_123",
    "updated_at": "2024-01-15T10:31:07.456Z",
}
FAILED_EXAMPLE = {
    **CAPTURED_EXAMPLE,
    "status": "failed",
    "captured": False,
    "error_code": "PAYMENT_FAILED",
    "error_description": "Declined by the bank",
}
