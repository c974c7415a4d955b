"""What makes a charge a payment: its claim, its states, its events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway_core.acquirer.announcements import payment_settled
from gateway_core.acquirer.noun import Noun
from gateway_core.db.pool import Connection
from gateway_core.db.queries import payment_work
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.leases import Lease, LeasedTable, Settlement
from gateway_core.db.queries.payment_work import ClaimedPayment
from gateway_core.domain.acquiring import Answer, Charge, ChargeKind, Settle, Transition
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.payment import PAYMENT_FAILED, PaymentMethod, PaymentStatus, decide
from gateway_core.runtime.metrics import END_TO_END_BUCKETS_S, histogram
from gateway_core.streams.names import Stream

ORDER_ALREADY_PAID = "Order already paid"
AUTHENTICATION_TIMED_OUT = "Authentication timed out"

_end_to_end_seconds = histogram(
    "gateway_payment_end_to_end_seconds",
    "From a payment's creation to its final status.",
    ("method",),
    buckets=END_TO_END_BUCKETS_S,
)
_end_to_end = {method: _end_to_end_seconds.labels(method) for method in PaymentMethod}


class PaymentCharges(Noun[ClaimedPayment, PaymentStatus]):
    """Payments as charges."""

    table = LeasedTable.PAYMENTS
    queue = Stream.PAYMENTS

    async def claim(self, conn: Connection, *, limit: int, lease_s: float) -> Sequence[ClaimedPayment]:
        """Lease due payments, one of each order at most."""
        return await payment_work.claim_due(conn, limit=limit, lease_s=lease_s)

    def lease(self, row: ClaimedPayment) -> Lease:
        """The payment's lease."""
        return row.lease

    def look_ups(self, row: ClaimedPayment) -> int:
        """Look-ups answered so far."""
        return row.look_ups

    def lease_expired(self, row: ClaimedPayment) -> bool:
        """Whether the lease before this one ran out."""
        return row.lease_expired

    def traceparent(self, row: ClaimedPayment) -> str | None:
        """The payment's trace."""
        return row.payment.traceparent

    def charge(self, row: ClaimedPayment) -> Charge:
        """Take the payment's amount from its instrument; the payment's id is the acquirer's idempotency key."""
        view = row.payment.view
        return Charge(
            key=view.id,
            kind=ChargeKind.PAYMENT,
            amount_minor=view.amount_minor,
            currency=view.currency,
            method=view.method,
            vpa=view.vpa,
            card_network=view.card_network,
            card_last4=view.card_last4,
        )

    def refused(self, row: ClaimedPayment) -> Settle[PaymentStatus] | None:
        """Another payment has paid the order: charging this one too would take the money twice.

        A payment whose payer has not passed authentication is due when its window is over, and never charged.
        """
        if row.order_paid:
            return Settle(PaymentStatus.FAILED, PAYMENT_FAILED, ORDER_ALREADY_PAID)
        if row.payment.authentication is Authentication.REQUIRED:
            return Settle(PaymentStatus.FAILED, PAYMENT_FAILED, AUTHENTICATION_TIMED_OUT)
        return None

    def decide(self, answer: Answer, look_ups: int, now: datetime) -> Transition[PaymentStatus]:
        """The payment's next step."""
        return decide(answer, look_ups, now)

    def settled_event(self, row: ClaimedPayment, outcome: Settle[PaymentStatus], now: datetime) -> NewEvent:
        """``payment.success`` or ``payment.failed``."""
        return payment_settled(row.payment, outcome, now)

    async def settle(self, conn: Connection, settlements: Sequence[Settlement]) -> int:
        """Record final statuses and pass the orders' slots on."""
        return await payment_work.settle(conn, settlements)

    def observe_end(self, row: ClaimedPayment, now: datetime) -> None:
        """By method: each has a bank of its own."""
        view = row.payment.view
        _end_to_end[view.method].observe((now - view.created_at).total_seconds())
