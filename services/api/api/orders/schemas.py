"""Orders on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from api.body import Body
from api.fields import (
    Currency,
    CurrencyInput,
    OrderAmount,
    OrderAmountInput,
    OrderId,
    PaymentId,
    Timestamp,
    examples,
)
from gateway_core.db.queries.orders import OrderRecord, PublicOrderRecord
from gateway_core.domain.events import rfc3339
from gateway_core.domain.money import DEFAULT_CURRENCY
from gateway_core.domain.notes import MAX_NOTES_KEYS
from gateway_core.domain.validation import check_notes, check_text

MAX_RECEIPT_LENGTH = 255
ORDER_EXAMPLE = {
    "id": "order_5kP0aQx8ZrT2mN7vB4cY1d",
    "entity": "order",
    "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
    "amount": 50000,
    "currency": "INR",
    "receipt": "receipt_123",
    "notes": {"cart": "c-42"},
    "status": "created",
    "created_at": "2024-01-15T10:30:00.123Z",
    "updated_at": "2024-01-15T10:30:00.123Z",
}

OrderStatus = Literal["created", "attempted", "paid"]
Receipt = Annotated[
    str, Field(max_length=MAX_RECEIPT_LENGTH, description="Your own reference.", examples=["receipt_123"])
]
Note = (
    Annotated[str, Field(max_length=16384)] | bool | Annotated[int, Field(ge=-(2**53) + 1, lt=2**53)] | None
)
Notes = Annotated[
    dict[Annotated[str, Field(max_length=256)], Any],
    Field(
        max_length=MAX_NOTES_KEYS,
        description="Your own data, at most 16 KiB; arrays and objects may nest 4 deep. Write decimals as text.",
        examples=[{"cart": "c-42"}],
    ),
]


def check_receipt(value: object) -> str | None:
    """A receipt, or none; BAD_REQUEST_ERROR for what cannot be one."""
    return None if value is None else check_text(value, "receipt", MAX_RECEIPT_LENGTH)


class OrderInput(Body):
    """What to create."""

    model_config = examples({"amount": 50000, "currency": "INR", "receipt": "receipt_123"})

    amount: OrderAmountInput
    currency: CurrencyInput | None = DEFAULT_CURRENCY
    receipt: Annotated[Receipt | None, BeforeValidator(check_receipt)] = None
    notes: Annotated[Notes | None, BeforeValidator(check_notes)] = None


class Order(BaseModel):
    """The order to create."""

    model_config = examples(ORDER_EXAMPLE)

    id: OrderId
    entity: Literal["order"]
    merchant_id: Annotated[str, Field(json_schema_extra={"format": "uuid"})]
    amount: OrderAmount
    currency: Currency
    receipt: Receipt | None
    notes: dict[str, Any]
    status: OrderStatus
    created_at: Timestamp
    updated_at: Timestamp


class PublicOrder(BaseModel):
    """What a payer may see of an order."""

    model_config = examples(
        {name: ORDER_EXAMPLE[name] for name in ("id", "amount", "currency", "status")}
        | {"merchant_name": "Test Merchant", "payment_id": None}
    )

    id: OrderId
    amount: OrderAmount
    currency: Currency
    status: OrderStatus
    merchant_name: Annotated[str, Field(examples=["Test Merchant"])]
    payment_id: Annotated[
        PaymentId | None, Field(description="The successful payment, else the one in flight, else null.")
    ]


def order(record: OrderRecord) -> Order:
    """The order as its merchant sees it."""
    return Order(
        id=record.id,
        entity="order",
        merchant_id=str(record.merchant_id),
        amount=record.amount,
        currency=record.currency,
        receipt=record.receipt,
        notes=dict(record.notes),
        status=record.status,  # a CHECK constraint holds it to these
        created_at=rfc3339(record.created_at),
        updated_at=rfc3339(record.updated_at),
    )


def public_order(record: PublicOrderRecord) -> PublicOrder:
    """The order as anyone with its id sees it."""
    return PublicOrder(
        id=record.id,
        amount=record.amount,
        currency=record.currency,
        status=record.status,  # a CHECK constraint holds it to these
        merchant_name=record.merchant_name,
        payment_id=record.payment_id,
    )
