"""Refunds on the wire."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.schemas import Currency, PartAmount, PaymentId, RefundId, Timestamp
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.events import rfc3339

MAX_REASON_LENGTH: Final = 255

Status = Literal["pending", "processing", "processed", "failed"]
Reason = Annotated[str, Field(max_length=MAX_REASON_LENGTH, examples=["Customer requested refund"])]


class RefundInput(TypedDict):
    """All or a part of what is left of the payment."""

    amount: PartAmount
    reason: NotRequired[Reason | None]


class NewRefund(TypedDict):
    """A refund as it was created; it is processed within seconds."""

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

    processed_at: Annotated[Timestamp | None, Field(description="Null until it is processed.")]
    requires_review: bool
    error_code: str | None
    error_description: str | None


def new_refund(record: RefundRecord) -> NewRefund:
    """The refund as the creating call answers it."""
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


def refund(record: RefundRecord) -> Refund:
    """The refund with all that its merchant may know."""
    processed_at = record.view.processed_at
    return {
        **new_refund(record),
        "processed_at": None if processed_at is None else rfc3339(processed_at),
        "requires_review": record.requires_review,
        "error_code": record.error_code,
        "error_description": record.error_description,
    }
