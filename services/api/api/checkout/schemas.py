"""The checkout on the wire."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.body import Command
from api.fields import Currency, OrderAmount, OrderId, PaymentId, examples
from api.payments.examples import CARD_EXAMPLE, NEXT_ACTION_EXAMPLE
from api.payments.schemas import (
    Instrumented,
    Method,
    NextAction,
    Status,
    instrument_fields,
    next_action,
)
from gateway_core.db.queries.checkout import CheckoutRecord
from gateway_core.domain.authentication import awaits_code, check_code
from gateway_core.domain.origins import MAX_ALLOWED_ORIGINS, check_allowed_origins

_PENDING: Final = {
    **{name: value for name, value in CARD_EXAMPLE.items() if name not in ("entity", "created_at")},
    "error_code": None,
    "error_description": None,
    "next_action": None,
    "signature": None,
}
_FAILED: Final = {**_PENDING, "status": "failed", "error_code": "PAYMENT_FAILED"}
_EXAMPLES: Final = [
    {**_PENDING, "card_last4": "3220", "next_action": NEXT_ACTION_EXAMPLE},
    {
        **_PENDING,
        "status": "success",
        "signature": "9d2a1c0f4b6e8a7d5c3b1f0e2d4c6b8a7f9e1d3c5b7a90f8e6d4c2b0a1f3e5d7",
    },
    {**_FAILED, "error_description": "Payment was declined by the bank"},
    {**_FAILED, "error_description": "Cancelled by the customer"},
]
_ORIGINS_EXAMPLE: Final = {"allowed_origins": ["https://shop.example"]}
Origin = Annotated[str, Field(examples=["https://shop.example"])]


class CheckoutPayment(Instrumented):
    """A payment as the holder of its client secret sees it."""

    model_config: ClassVar[ConfigDict] = examples(*_EXAMPLES)

    id: PaymentId
    order_id: OrderId
    amount: OrderAmount
    currency: Currency
    method: Method
    status: Status
    error_code: Annotated[str | None, Field(examples=["PAYMENT_FAILED"])]
    error_description: str | None
    next_action: Annotated[
        NextAction | None, Field(description="The payer's next step, while it is possible.")
    ]
    signature: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="Once successful: hex HMAC-SHA256 of `order_id|payment_id` under the webhook secret.",
        ),
    ]


class CodeInput(Command):
    """The code that the card's bank has sent to its holder."""

    model_config: ClassVar[ConfigDict] = examples({"otp": "123456"})

    otp: Annotated[str, Field(pattern="^[0-9]{6}$", examples=["123456"]), BeforeValidator(check_code)]


class AllowedOrigins(BaseModel):
    """The sites that may frame the checkout."""

    model_config: ClassVar[ConfigDict] = examples(_ORIGINS_EXAMPLE)

    allowed_origins: list[str]


class CheckoutSettings(Command):
    """Exact origins; https, or http on localhost and 127.0.0.1."""

    model_config: ClassVar[ConfigDict] = examples(_ORIGINS_EXAMPLE)

    allowed_origins: Annotated[
        list[Origin], Field(max_length=MAX_ALLOWED_ORIGINS), BeforeValidator(check_allowed_origins)
    ]


def checkout_payment(record: CheckoutRecord, signature: str | None) -> CheckoutPayment:
    """The payment as its payer sees it at ``record.now``."""
    payment, view = record.payment, record.payment.view
    asked = awaits_code(view.status, payment.authentication, view.created_at, record.now)
    return CheckoutPayment(
        id=view.id,
        order_id=view.order_id,
        amount=view.amount_minor,
        currency=view.currency,
        method=view.method.value,
        status=view.status.value,
        error_code=view.error_code,
        error_description=view.error_description,
        next_action=next_action(payment) if asked else None,
        signature=signature,
        **instrument_fields(payment),
    )
