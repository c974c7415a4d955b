"""Refunds on the wire."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.body import Command
from api.fields import Currency, PartAmount, PartAmountInput, PaymentId, RefundId, Timestamp, examples
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.events import rfc3339
from gateway_core.domain.validation import check_text

MAX_REASON_LENGTH: Final = 255

NEW_EXAMPLE: Final = {
    "id": "rfnd_3Df5Gh7Jk9Lz1Xc2Vb4Nm6",
    "entity": "refund",
    "payment_id": "pay_7Hs2Lw9QeR4tY6uI8oP0aS",
    "amount": 25000,
    "currency": "INR",
    "reason": "Customer requested refund",
    "status": "pending",
    "created_at": "2024-01-15T10:33:00.123Z",
}
PROCESSED_EXAMPLE: Final = {
    **NEW_EXAMPLE,
    "status": "processed",
    "processed_at": "2024-01-15T10:33:04.567Z",
    "requires_review": False,
    "error_code": None,
    "error_description": None,
}

Status = Literal["pending", "processing", "processed", "failed"]
Reason = Annotated[str, Field(max_length=MAX_REASON_LENGTH, examples=["Customer requested refund"])]


def _check_reason(value: object) -> object:
    return None if value is None else check_text(value, "reason", MAX_REASON_LENGTH)


class RefundInput(Command):
    """The refund to create: all or a part of the refundable amount."""

    model_config: ClassVar[ConfigDict] = examples(
        {"amount": 25000, "reason": "Customer requested refund"}, {}
    )

    amount: PartAmountInput = None
    reason: Annotated[Reason | None, BeforeValidator(_check_reason)] = None


class NewRefund(BaseModel):
    """A refund as it was created; it is processed within seconds."""

    model_config: ClassVar[ConfigDict] = examples(NEW_EXAMPLE)

    id: RefundId
    entity: Literal["refund"]
    payment_id: PaymentId
    amount: PartAmount
    currency: Currency
    reason: Reason | None
    status: Status
    created_at: Timestamp


class Refund(NewRefund):
    """A refund as its merchant sees it."""

    model_config: ClassVar[ConfigDict] = examples(PROCESSED_EXAMPLE)

    processed_at: Annotated[Timestamp | None, Field(description="Null until it is processed.")]
    requires_review: bool
    error_code: str | None
    error_description: str | None


def new_refund(record: RefundRecord) -> NewRefund:
    """The refund as the creating call answers it."""
    return NewRefund(**_fields(record))


def refund(record: RefundRecord) -> Refund:
    """The refund with all that its merchant may know."""
    processed_at = record.view.processed_at
    return Refund(
        **_fields(record),
        processed_at=None if processed_at is None else rfc3339(processed_at),
        requires_review=record.requires_review,
        error_code=record.error_code,
        error_description=record.error_description,
    )


def _fields(record: RefundRecord) -> dict[str, Any]:
    view = record.view
    return {
        "id": view.id,
        "entity": "refund",
        "payment_id": view.payment_id,
        "amount": view.amount_minor,
        "currency": view.currency,
        "reason": view.reason,
        "status": view.status.value,
        "created_at": rfc3339(view.created_at),
    }
