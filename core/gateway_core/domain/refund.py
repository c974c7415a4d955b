"""The life of a refund: pending → processing → processed | failed (contract, "Rules")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from gateway_core.domain.acquiring import Ends
from gateway_core.domain.errors import not_refundable, refund_exceeds_available
from gateway_core.domain.payment import PaymentStatus

REFUND_FAILED: Final = "REFUND_FAILED"


class RefundStatus(StrEnum):
    """`MOVES` lists the allowed transitions."""

    PENDING = "pending"
    PROCESSING = "processing"
    PROCESSED = "processed"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return not MOVES[self]


MOVES: Final[Mapping[RefundStatus, frozenset[RefundStatus]]] = {
    RefundStatus.PENDING: frozenset({RefundStatus.PROCESSING}),
    RefundStatus.PROCESSING: frozenset({RefundStatus.PROCESSED, RefundStatus.FAILED}),
    RefundStatus.PROCESSED: frozenset(),
    RefundStatus.FAILED: frozenset(),
}

REFUND_ENDS: Final = Ends(RefundStatus.PROCESSED, RefundStatus.FAILED, REFUND_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """A refund in its payment's currency, as events show it. Times are aware; `processed_at` may be None."""

    id: str
    payment_id: str
    amount_minor: int
    currency: str
    status: RefundStatus
    created_at: datetime
    reason: str | None = None
    processed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Refundable:
    """A payment as refunds see it, at `locked_at` (aware). Each `take` reduces the refundable amount."""

    merchant_id: UUID
    currency: str
    status: PaymentStatus
    available_minor: int
    locked_at: datetime

    def take(self, amount_minor: int | None) -> int:
        """The amount of a new refund; None asks for all that is available.

        Raises BAD_REQUEST_ERROR for a payment that has not succeeded and for more than is available.
        """
        if self.status is not PaymentStatus.SUCCESS:
            raise not_refundable()
        wanted = self.available_minor if amount_minor is None else amount_minor
        if not 0 < wanted <= self.available_minor:
            raise refund_exceeds_available()
        self.available_minor -= wanted
        return wanted
