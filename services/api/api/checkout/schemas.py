"""The checkout on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from api.payments.schemas import (
    Instrumented,
    Method,
    NextAction,
    Status,
    add_instrument,
    next_action,
)
from api.schemas import Currency, OrderAmount, OrderId, PaymentId
from gateway_core.db.queries.checkout import CheckoutRecord
from gateway_core.domain.authentication import awaits_code
from gateway_core.domain.origins import MAX_ALLOWED_ORIGINS


class CheckoutPayment(Instrumented):
    """A payment as whoever holds its client secret sees it."""

    id: PaymentId
    order_id: OrderId
    amount: OrderAmount
    currency: Currency
    method: Method
    status: Status
    error_code: Annotated[str | None, Field(examples=["PAYMENT_FAILED"])]
    error_description: str | None
    next_action: Annotated[
        NextAction | None, Field(description="What the payer must do, while there is time.")
    ]
    signature: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="Once successful: hex HMAC-SHA256 of `order_id|payment_id` under the webhook secret.",
        ),
    ]


class CodeInput(TypedDict):
    """The code that the card's bank has sent to its holder."""

    otp: Annotated[str, Field(pattern="^[0-9]{6}$", examples=["123456"])]


class AllowedOrigins(TypedDict):
    """The sites that may frame the checkout."""

    allowed_origins: Annotated[list[str], Field(examples=[["https://shop.example"]])]


class CheckoutSettings(TypedDict):
    """Exact origins; https, or http on localhost and 127.0.0.1."""

    allowed_origins: Annotated[
        list[Annotated[str, Field(examples=["https://shop.example"])]], Field(max_length=MAX_ALLOWED_ORIGINS)
    ]


def checkout_payment(record: CheckoutRecord, signature: str | None) -> CheckoutPayment:
    """The payment as its payer sees it at ``record.now``."""
    payment, view = record.payment, record.payment.view
    asked = awaits_code(view.status, payment.authentication, view.created_at, record.now)
    shown: CheckoutPayment = {
        "id": view.id,
        "order_id": view.order_id,
        "amount": view.amount_minor,
        "currency": view.currency,
        "method": view.method.value,
        "status": view.status.value,
        "error_code": view.error_code,
        "error_description": view.error_description,
        "next_action": next_action(payment) if asked else None,
        "signature": signature,
    }
    add_instrument(shown, payment)
    return shown
