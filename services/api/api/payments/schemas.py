"""Payments on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    RootModel,
    model_validator,
)

from api.body import Body, Command, readable
from api.fields import Currency, OrderAmount, OrderId, PartAmountInput, PaymentId, Timestamp, examples
from api.payments.examples import (
    CAPTURED_EXAMPLE,
    CARD_EXAMPLE,
    CLIENT_SECRET_EXAMPLE,
    CODE_ASKED_EXAMPLE,
    FAILED_EXAMPLE,
    UPI_EXAMPLE,
)
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import MAX_AUTHENTICATION_ATTEMPTS, Authentication
from gateway_core.domain.card import MAX_HOLDER_NAME_LENGTH
from gateway_core.domain.errors import bad_request
from gateway_core.domain.events import rfc3339
from gateway_core.domain.payment import PaymentMethod
from gateway_core.domain.text import MAX_VPA_LENGTH
from gateway_core.domain.validation import CardInput, CardSummary, check_card, check_vpa

Method = Literal["upi", "card"]
Status = Literal["pending", "processing", "success", "failed"]
Vpa = Annotated[
    str, Field(pattern="^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$", max_length=MAX_VPA_LENGTH, examples=["user@paytm"])
]
Network = Literal[
    "visa", "mastercard", "amex", "rupay", "diners", "discover", "jcb", "unionpay", "maestro", "unknown"
]


class CardDetails(BaseModel):
    """A card as the payer typed it. The gateway stores only network and last four digits."""

    number: Annotated[
        str,
        Field(
            description="13 to 19 digits with a valid check digit; spaces and dashes are ignored.",
            examples=["4111 1111 1111 1111"],
        ),
    ]
    expiry_month: Annotated[str, Field(description="1 to 12, as text or as a number.", examples=["12"])]
    expiry_year: Annotated[str, Field(description="Two digits mean 20YY.", examples=["2030"])]
    cvv: Annotated[str, Field(pattern="^[0-9]{3,4}$", examples=["123"])]
    holder_name: Annotated[str, Field(min_length=1, max_length=MAX_HOLDER_NAME_LENGTH, examples=["Asha Rao"])]


def _check_order_id(value: object) -> str:
    # Text that is no id is answered like an id that no order has.
    if not isinstance(value, str) or not value:
        raise bad_request("order_id is required", field="order_id")
    return value


def _check_card(value: object) -> CardSummary:
    return check_card(CardInput.from_json(value))


class _PaymentInput(Body):
    order_id: Annotated[str, PlainValidator(_check_order_id, json_schema_input_type=OrderId)]


class UpiPaymentInput(_PaymentInput):
    """Pay an order from a UPI address."""

    method: Literal["upi"]
    vpa: Annotated[Vpa, BeforeValidator(check_vpa)]


class CardPaymentInput(_PaymentInput):
    """Pay an order by card. The gateway checks number and CVV and does not store them."""

    method: Literal["card"]
    card: Annotated[CardSummary, PlainValidator(_check_card, json_schema_input_type=CardDetails)]


class PaymentInput(RootModel[Annotated[UpiPaymentInput | CardPaymentInput, Field(discriminator="method")]]):
    """The payment to create."""

    model_config: ClassVar[ConfigDict] = examples(
        {"order_id": UPI_EXAMPLE["order_id"], "method": "upi", "vpa": "user@paytm"},
        {
            "order_id": UPI_EXAMPLE["order_id"],
            "method": "card",
            "card": {
                "number": "4111 1111 1111 1111",
                "expiry_month": "12",
                "expiry_year": "2030",
                "cvv": "123",
                "holder_name": "Asha Rao",
            },
        },
    ) | ConfigDict(hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _is_readable(cls, value: object) -> object:
        return readable(value)


class CaptureInput(Command):
    """All of the payment's amount: there are no partial captures."""

    model_config: ClassVar[ConfigDict] = examples({"amount": 50000}, {})

    amount: PartAmountInput = None


class NextAction(BaseModel):
    """The payer's next step before the payment is submitted: enter the code that the card's bank has sent."""

    type: Literal["otp"]
    attempts_left: Annotated[int, Field(ge=0, le=MAX_AUTHENTICATION_ATTEMPTS)]


ClientSecret = Annotated[
    str,
    Field(
        description="For the payer's browser only: gives access to this payment's details, code and cancellation.",
        examples=[CLIENT_SECRET_EXAMPLE],
    ),
]


InstrumentVpa = Vpa | None
InstrumentNetwork = Network | None
InstrumentLast4 = Annotated[str | None, Field(pattern="^[0-9]{4}$", examples=["1111"])]


class Instrumented(BaseModel):
    """What is charged: all of it that may be shown to payer and merchant."""

    vpa: InstrumentVpa = None
    card_network: InstrumentNetwork = None
    card_last4: InstrumentLast4 = None


class _Payment(BaseModel):
    id: PaymentId
    entity: Literal["payment"]
    order_id: OrderId
    amount: OrderAmount
    currency: Currency
    method: Method
    vpa: InstrumentVpa = None
    card_network: InstrumentNetwork = None
    card_last4: InstrumentLast4 = None
    status: Status
    created_at: Timestamp


class NewPayment(_Payment):
    """A payment as it was created; the outcome follows within seconds."""

    model_config: ClassVar[ConfigDict] = examples(UPI_EXAMPLE, CARD_EXAMPLE, CODE_ASKED_EXAMPLE)

    client_secret: ClientSecret | None = None
    next_action: Annotated[
        NextAction | None, Field(description="Only when the card's bank asks the payer for a code.")
    ] = None


class NewPublicPayment(_Payment):
    """A payment as the payer's browser gets it; the outcome follows within seconds."""

    model_config: ClassVar[ConfigDict] = examples(
        *(
            {**each, "client_secret": CLIENT_SECRET_EXAMPLE, "next_action": None}
            for each in (UPI_EXAMPLE, CARD_EXAMPLE)
        ),
        CODE_ASKED_EXAMPLE,
    )

    client_secret: ClientSecret
    next_action: NextAction | None


class Payment(_Payment):
    """A payment as its merchant sees it."""

    model_config: ClassVar[ConfigDict] = examples(CAPTURED_EXAMPLE, FAILED_EXAMPLE)

    captured: bool
    amount_refunded: Annotated[int, Field(ge=0, description="Pending and processed refunds together.")]
    requires_review: Annotated[
        bool, Field(description="The outcome has been unknown for long; an operator must find it out.")
    ]
    error_code: Annotated[str | None, Field(examples=["PAYMENT_FAILED"])]
    error_description: str | None
    receipt: Annotated[str | None, Field(description="The order's.", examples=["receipt_123"])]
    updated_at: Timestamp


class PublicPayment(BaseModel):
    """What a payer may see of a payment."""

    model_config: ClassVar[ConfigDict] = examples(
        {
            name: CAPTURED_EXAMPLE[name]
            for name in (
                "id",
                "order_id",
                "amount",
                "currency",
                "method",
                "status",
                "created_at",
                "updated_at",
            )
        }
    )

    id: PaymentId
    order_id: OrderId
    amount: OrderAmount
    currency: Currency
    method: Method
    status: Status
    created_at: Timestamp
    updated_at: Timestamp


def new_payment(record: PaymentRecord) -> NewPayment:
    """The payment as the creating call answers it, but for the client secret, which is never stored."""
    if record.authentication is Authentication.REQUIRED:
        return NewPayment(**_fields(record), next_action=next_action(record))
    return NewPayment(**_fields(record))


def next_action(record: PaymentRecord) -> NextAction:
    """What the payer of a payment that awaits a code must do."""
    return NextAction(type="otp", attempts_left=MAX_AUTHENTICATION_ATTEMPTS - record.authentication_attempts)


def payment(record: PaymentRecord) -> Payment:
    """The payment with all that its merchant may know."""
    view = record.view
    return Payment(
        **_fields(record),
        captured=view.captured,
        amount_refunded=record.amount_refunded,
        requires_review=record.requires_review,
        error_code=view.error_code,
        error_description=view.error_description,
        receipt=view.receipt,
        updated_at=rfc3339(record.updated_at),
    )


def public_payment(record: PaymentRecord) -> PublicPayment:
    """The payment as anyone with its id sees it: no VPA, no card data."""
    view = record.view
    return PublicPayment(
        id=view.id,
        order_id=view.order_id,
        amount=view.amount_minor,
        currency=view.currency,
        method=view.method.value,
        status=view.status.value,
        created_at=rfc3339(view.created_at),
        updated_at=rfc3339(record.updated_at),
    )


def instrument_fields(record: PaymentRecord) -> dict[str, Any]:
    """What is charged; of a card network and last four digits."""
    view = record.view
    if view.method is PaymentMethod.UPI:
        return {"vpa": view.vpa}
    return {"card_network": view.card_network, "card_last4": view.card_last4}


def _fields(record: PaymentRecord) -> dict[str, Any]:
    view = record.view
    return {
        "id": view.id,
        "entity": "payment",
        "order_id": view.order_id,
        "amount": view.amount_minor,
        "currency": view.currency,
        "method": view.method.value,
        "status": view.status.value,
        "created_at": rfc3339(view.created_at),
        **instrument_fields(record),
    }
