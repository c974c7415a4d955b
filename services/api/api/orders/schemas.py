"""Orders on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Currency, OrderAmount, OrderId, PaymentId, Timestamp
from gateway_core.db.queries.orders import OrderRecord, PublicOrderRecord
from gateway_core.domain.events import rfc3339
from gateway_core.domain.money import check_currency, check_order_amount
from gateway_core.domain.notes import MAX_NOTES_KEYS
from gateway_core.domain.validation import check_notes, check_text

MAX_RECEIPT_LENGTH: Final = 255

OrderStatus = Literal["created", "attempted", "paid"]
Receipt = Annotated[
    str, Field(max_length=MAX_RECEIPT_LENGTH, description="Your own reference.", examples=["receipt_123"])
]
Note = (
    Annotated[str, Field(max_length=16384)] | bool | Annotated[int, Field(ge=-(2**53) + 1, lt=2**53)] | None
)
Notes = Annotated[
    dict[Annotated[str, Field(max_length=256)], Note],
    Field(
        max_length=MAX_NOTES_KEYS,
        description="Free data of yours, at most 16 KiB; arrays and objects may nest 4 deep. Decimals as text.",
        examples=[{"cart": "c-42"}],
    ),
]


class OrderInput(TypedDict):
    """What to create."""

    amount: OrderAmount
    currency: NotRequired[Currency | None]
    receipt: NotRequired[Receipt | None]
    notes: NotRequired[Notes | None]


class Order(TypedDict):
    """What is to be paid."""

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


class PublicOrder(TypedDict):
    """What a payer may see of an order."""

    id: OrderId
    amount: OrderAmount
    currency: Currency
    status: OrderStatus
    merchant_name: Annotated[str, Field(examples=["Test Merchant"])]
    payment_id: Annotated[
        PaymentId | None, Field(description="The successful payment, else the one in flight, else null.")
    ]


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A checked :class:`OrderInput`."""

    amount_minor: int
    currency: str
    receipt: str | None
    notes: Mapping[str, object]


def parse_order(body: Mapping[str, object]) -> OrderRequest:
    """The request that ``body`` is; raises BAD_REQUEST_ERROR."""
    receipt = body.get("receipt")
    return OrderRequest(
        amount_minor=check_order_amount(body.get("amount")),
        currency=check_currency(body.get("currency")),
        receipt=None if receipt is None else check_text(receipt, "receipt", MAX_RECEIPT_LENGTH),
        notes=check_notes(body.get("notes")),
    )


def order(record: OrderRecord) -> Order:
    """The order as its merchant sees it."""
    return {
        "id": record.id,
        "entity": "order",
        "merchant_id": str(record.merchant_id),
        "amount": record.amount,
        "currency": record.currency,
        "receipt": record.receipt,
        "notes": dict(record.notes),
        "status": _status(record),
        "created_at": rfc3339(record.created_at),
        "updated_at": rfc3339(record.updated_at),
    }


def public_order(record: PublicOrderRecord) -> PublicOrder:
    """The order as anyone with its id sees it."""
    return {
        "id": record.id,
        "amount": record.amount,
        "currency": record.currency,
        "status": _status(record),
        "merchant_name": record.merchant_name,
        "payment_id": record.payment_id,
    }


def _status(record: OrderRecord | PublicOrderRecord) -> OrderStatus:
    status: OrderStatus = record.status  # type: ignore[assignment]  # a CHECK constraint holds it to these
    return status
