"""Orders on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, PlainValidator
from typing_extensions import TypeAliasType

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
from gateway_core.domain.notes import MAX_NOTES_BYTES, MAX_NOTES_KEY_LENGTH, MAX_NOTES_KEYS
from gateway_core.domain.v8_json import MAX_SAFE_INTEGER
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
NoteScalar = TypeAliasType(
    "NoteScalar",
    Annotated[str, Field(max_length=MAX_NOTES_BYTES)]
    | bool
    | Annotated[int, Field(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]
    | None,
)
NoteKey = Annotated[str, Field(max_length=MAX_NOTES_KEY_LENGTH)]
# One for each level that `check_notes` allows below the object itself.
NoteLevel4 = TypeAliasType("NoteLevel4", NoteScalar | list[NoteScalar] | dict[NoteKey, NoteScalar])
NoteLevel3 = TypeAliasType("NoteLevel3", NoteScalar | list[NoteLevel4] | dict[NoteKey, NoteLevel4])
NoteLevel2 = TypeAliasType("NoteLevel2", NoteScalar | list[NoteLevel3] | dict[NoteKey, NoteLevel3])
NotesDocument = (
    Annotated[dict[NoteKey, NoteLevel2], Field(max_length=MAX_NOTES_KEYS)]
    | Annotated[list[None], Field(max_length=0)]
    | None
)
NotesInput = Annotated[
    dict[str, Any],
    PlainValidator(check_notes, json_schema_input_type=NotesDocument),
    Field(
        description="Your own data, at most 16 KiB; arrays and objects may nest 4 deep. Write decimals as text. "
        "An empty array is an empty object.",
        examples=[{"cart": "c-42"}],
    ),
]


def check_receipt(value: object) -> str | None:
    """A receipt, or none; BAD_REQUEST_ERROR for what cannot be one."""
    return None if value is None else check_text(value, "receipt", MAX_RECEIPT_LENGTH)


class OrderInput(Body):
    """What to create."""

    model_config = examples({"amount": 50000, "currency": "INR", "receipt": "receipt_123"})

    currency: CurrencyInput = DEFAULT_CURRENCY
    amount: OrderAmountInput
    receipt: Annotated[Receipt | None, BeforeValidator(check_receipt)] = None
    notes: Annotated[NotesInput, Field(default_factory=dict)]


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
