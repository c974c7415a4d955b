"""The life of a refund: pending → processing → processed | failed (contract, "Rules")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway_core.domain import acquiring
from gateway_core.domain.acquiring import Answer, Transition

REFUND_FAILED: Final = "REFUND_FAILED"


class RefundStatus(StrEnum):
    """Where a refund stands; `MOVES` says where it may go."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundView:
    """A refund, in its payment's currency, as events show it. Times are aware; `processed_at` is None until it is."""

    id: str
    payment_id: str
    amount_minor: int
    currency: str
    status: RefundStatus
    created_at: datetime
    reason: str | None = None
    processed_at: datetime | None = None


def decide(answer: Answer, look_ups: int, now: datetime) -> Transition[RefundStatus]:
    """What to record of a processing refund after the acquirer's answer; see `acquiring.decide`."""
    return acquiring.decide(
        answer,
        look_ups,
        now,
        approved=RefundStatus.PROCESSED,
        declined=RefundStatus.FAILED,
        declined_code=REFUND_FAILED,
    )
