"""What makes a charge a refund: its claim, its states, its events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway_core.acquirer.announcements import refund_settled
from gateway_core.acquirer.noun import Noun
from gateway_core.db.pool import Connection
from gateway_core.db.queries import refund_work
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Lease, LeasedTable, Settlement
from gateway_core.db.queries.refund_work import ClaimedRefund
from gateway_core.domain.acquiring import Answer, Charge, ChargeKind, Settle, Transition
from gateway_core.domain.refund import RefundStatus, decide
from gateway_core.runtime.metrics import END_TO_END_BUCKETS_S, histogram
from gateway_core.streams.names import Stream

_end_to_end_seconds = histogram(
    "gateway_refund_end_to_end_seconds",
    "From a refund's creation to its final status.",
    buckets=END_TO_END_BUCKETS_S,
)


class RefundCharges(Noun[ClaimedRefund, RefundStatus]):
    """Refunds as charges."""

    table = LeasedTable.REFUNDS
    queue = Stream.REFUNDS

    async def claim(self, conn: Connection, *, limit: int, lease_s: float) -> Sequence[ClaimedRefund]:
        """Lease due refunds."""
        return await refund_work.claim_due(conn, limit=limit, lease_s=lease_s)

    def lease(self, row: ClaimedRefund) -> Lease:
        """The refund's lease."""
        return row.lease

    def look_ups(self, row: ClaimedRefund) -> int:
        """Look-ups answered so far."""
        return row.look_ups

    def lease_expired(self, row: ClaimedRefund) -> bool:
        """Whether the lease before this one ran out."""
        return row.lease_expired

    def traceparent(self, row: ClaimedRefund) -> str | None:
        """The refund's trace."""
        return row.refund.traceparent

    def charge(self, row: ClaimedRefund) -> Charge:
        """Give the refund's amount back to the payment's instrument; its id is the acquirer's idempotency key."""
        view = row.refund.view
        return Charge(
            key=view.id,
            kind=ChargeKind.REFUND,
            amount_minor=view.amount_minor,
            currency=view.currency,
            method=row.method,
            vpa=row.vpa,
            card_network=row.card_network,
            card_last4=row.card_last4,
        )

    def decide(self, answer: Answer, look_ups: int, now: datetime) -> Transition[RefundStatus]:
        """The refund's next step."""
        return decide(answer, look_ups, now)

    def settled_event(self, row: ClaimedRefund, outcome: Settle[RefundStatus], now: datetime) -> NewEvent:
        """``refund.processed`` or ``refund.failed``."""
        return refund_settled(row.refund, outcome, now)

    async def settle(self, conn: Connection, settlements: Sequence[Settlement]) -> int:
        """Record final statuses; what failed is refundable again."""
        return await refund_work.settle(conn, settlements)

    def observe_end(self, row: ClaimedRefund, now: datetime) -> None:
        """Its creation and its end by the database's clock."""
        _end_to_end_seconds.observe((now - row.refund.view.created_at).total_seconds())
