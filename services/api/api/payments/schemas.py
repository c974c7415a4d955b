"""Payments on the wire."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, cast

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Currency, OrderAmount, OrderId, PartAmount, PaymentId, Timestamp
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import MAX_AUTHENTICATION_ATTEMPTS, Authentication
from gateway_core.domain.card import MAX_HOLDER_NAME_LENGTH
from gateway_core.domain.events import rfc3339
from gateway_core.domain.payment import PaymentMethod
from gateway_core.domain.text import MAX_VPA_LENGTH

Method = Literal["upi", "card"]
Status = Literal["pending", "processing", "success", "failed"]
Vpa = Annotated[
    str, Field(pattern="^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$", max_length=MAX_VPA_LENGTH, examples=["user@paytm"])
]
Network = Literal["visa", "mastercard", "amex", "rupay", "unknown"]


class CardDetails(TypedDict):
    """A card as the payer typed it. Only network and last four digits are ever kept."""

    number: Annotated[
        str,
        Field(
            description="13 to 19 digits with a valid check digit; spaces and dashes are ignored.",
            examples=["4111 1111 1111 1111"],
        ),
    ]
    expiry_month: Annotated[str, Field(description="1 to 12; a number will do.", examples=["12"])]
    expiry_year: Annotated[str, Field(description="Two digits mean 20YY.", examples=["2030"])]
    cvv: Annotated[str, Field(pattern="^[0-9]{3,4}$", examples=["123"])]
    holder_name: Annotated[str, Field(min_length=1, max_length=MAX_HOLDER_NAME_LENGTH, examples=["Asha Rao"])]


class UpiPaymentInput(TypedDict):
    """Pay an order from a UPI address."""

    order_id: OrderId
    method: Literal["upi"]
    vpa: Vpa


class CardPaymentInput(TypedDict):
    """Pay an order by card."""

    order_id: OrderId
    method: Literal["card"]
    card: CardDetails


PaymentInput = Annotated[UpiPaymentInput | CardPaymentInput, Field(discriminator="method")]


class CaptureInput(TypedDict):
    """All of the payment's amount: there are no partial captures."""

    amount: PartAmount


class NextAction(TypedDict):
    """What the payer must do before the bank is asked: enter the code that the card's bank has sent."""

    type: Literal["otp"]
    attempts_left: Annotated[int, Field(ge=0, le=MAX_AUTHENTICATION_ATTEMPTS)]


ClientSecret = Annotated[
    str,
    Field(
        description="For the payer's browser only: guards this payment's details, code and cancellation.",
        examples=["pay_7Hs2Lw9QeR4tY6uI8oP0aS_secret_2Kc8Vb1Nm4Qw7Er0Ty3Ui6"],
    ),
]


class Instrumented(TypedDict):
    """What is charged: all of it that may be shown to payer and merchant."""

    vpa: NotRequired[Vpa]
    card_network: NotRequired[Network]
    card_last4: NotRequired[Annotated[str, Field(pattern="^[0-9]{4}$", examples=["1111"])]]


class _PaymentCore(Instrumented):
    id: PaymentId
    entity: Literal["payment"]
    order_id: OrderId
    amount: OrderAmount
    currency: Currency
    method: Method
    status: Status
    created_at: Timestamp


class NewPayment(_PaymentCore):
    """A payment as it was created; the outcome follows within seconds."""

    next_action: NotRequired[
        Annotated[NextAction, Field(description="Only when the card's bank asks the payer for a code.")]
    ]
    client_secret: NotRequired[ClientSecret]


class NewPublicPayment(_PaymentCore):
    """A payment as the payer's browser gets it; the outcome follows within seconds."""

    client_secret: ClientSecret
    next_action: NextAction | None


class Payment(_PaymentCore):
    """A payment as its merchant sees it."""

    captured: bool
    amount_refunded: Annotated[int, Field(ge=0, description="Pending and processed refunds together.")]
    requires_review: Annotated[
        bool, Field(description="The bank's answer is unknown for long; a person is asked to look.")
    ]
    error_code: Annotated[str | None, Field(examples=["PAYMENT_FAILED"])]
    error_description: str | None
    updated_at: Timestamp


class PublicPayment(TypedDict):
    """What a payer may see of a payment."""

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
    shown = cast("NewPayment", _core(record))
    if record.authentication is Authentication.REQUIRED:
        shown["next_action"] = next_action(record)
    return shown


def next_action(record: PaymentRecord) -> NextAction:
    """What the payer of a payment that awaits a code must do."""
    return {"type": "otp", "attempts_left": MAX_AUTHENTICATION_ATTEMPTS - record.authentication_attempts}


def _core(record: PaymentRecord) -> _PaymentCore:
    view = record.view
    shown: _PaymentCore = {
        "id": view.id,
        "entity": "payment",
        "order_id": view.order_id,
        "amount": view.amount_minor,
        "currency": view.currency,
        "method": view.method.value,
        "status": view.status.value,
        "created_at": rfc3339(view.created_at),
    }
    add_instrument(shown, record)
    return shown


def payment(record: PaymentRecord) -> Payment:
    """The payment with all that its merchant may know."""
    view = record.view
    return {
        **_core(record),
        "captured": view.captured,
        "amount_refunded": record.amount_refunded,
        "requires_review": record.requires_review,
        "error_code": view.error_code,
        "error_description": view.error_description,
        "updated_at": rfc3339(record.updated_at),
    }


def public_payment(record: PaymentRecord) -> PublicPayment:
    """The payment as anyone with its id sees it: no VPA, no card data."""
    view = record.view
    return {
        "id": view.id,
        "order_id": view.order_id,
        "amount": view.amount_minor,
        "currency": view.currency,
        "method": view.method.value,
        "status": view.status.value,
        "created_at": rfc3339(view.created_at),
        "updated_at": rfc3339(record.updated_at),
    }


def add_instrument(shown: Instrumented, record: PaymentRecord) -> None:
    """What is charged; of a card network and last four digits."""
    view = record.view
    match view.method:
        case PaymentMethod.UPI:
            shown["vpa"] = view.vpa or ""
        case PaymentMethod.CARD:
            network: Network = view.card_network or "unknown"  # type: ignore[assignment]  # card.card_network's
            shown["card_network"] = network
            shown["card_last4"] = view.card_last4 or ""
