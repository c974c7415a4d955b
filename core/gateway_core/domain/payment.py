"""The life of a payment: pending → processing → success | failed (contract, "Rules")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway_core.domain.acquiring import Ends

PAYMENT_FAILED: Final = "PAYMENT_FAILED"


class PaymentMethod(StrEnum):
    UPI = "upi"
    CARD = "card"


class PaymentStatus(StrEnum):
    """`MOVES` lists the allowed transitions."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return not MOVES[self]


# A pending payment fails unsubmitted when another payment of its order succeeds.
MOVES: Final[Mapping[PaymentStatus, frozenset[PaymentStatus]]] = {
    PaymentStatus.PENDING: frozenset({PaymentStatus.PROCESSING, PaymentStatus.FAILED}),
    PaymentStatus.PROCESSING: frozenset({PaymentStatus.SUCCESS, PaymentStatus.FAILED}),
    PaymentStatus.SUCCESS: frozenset(),
    PaymentStatus.FAILED: frozenset(),
}

PAYMENT_ENDS: Final = Ends(PaymentStatus.SUCCESS, PaymentStatus.FAILED, PAYMENT_FAILED)


class Refusal(StrEnum):
    """Why a payment fails without being charged, as its `error_description` says it.

    Another payment has paid the order: charging this one too would take the money twice. Or the payer did not pass
    authentication within its window.
    """

    ORDER_PAID = "Order already paid"
    NOT_AUTHENTICATED = "Authentication timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """A payment with its order's receipt and notes, as events show it. Times are aware."""

    id: str
    order_id: str
    amount_minor: int
    currency: str
    method: PaymentMethod
    status: PaymentStatus
    captured: bool
    created_at: datetime
    vpa: str | None = None
    card_network: str | None = None
    card_last4: str | None = None
    error_code: str | None = None
    error_description: str | None = None
    receipt: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict)
