"""New payments: the batch that creates them with their events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.payments.schemas import CardPaymentInput, NewPayment, PaymentInput, new_payment
from gateway_core.db.pool import Connection
from gateway_core.db.queries import events, orders, payments
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.errors import not_found, order_already_paid
from gateway_core.domain.events import EventType, event_bodies, payment_data
from gateway_core.domain.ids import PAYMENT_PREFIX
from gateway_core.domain.money import check_upi_currency
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView
from gateway_core.domain.validation import CardSummary, check_expiry
from gateway_core.runtime.clock import Clock
from gateway_core.runtime.ids import new_id

# A payment is pending from its first instant: it is created with both events (contract, Webhooks).
FIRST_EVENTS = (EventType.PAYMENT_CREATED, EventType.PAYMENT_PENDING)
ORDER_PAID = "paid"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A request to pay an order; of a card only what may be kept."""

    merchant_id: UUID
    order_id: str
    vpa: str | None
    card: CardSummary | None
    traceparent: str | None
    authentication: Authentication | None = None

    @classmethod
    def of(cls, merchant_id: UUID, wanted: PaymentInput, traceparent: str | None) -> PaymentRequest:
        """The request that a checked body is."""
        match wanted.root:
            case CardPaymentInput(order_id=order_id, card=card):
                return cls(merchant_id, order_id, None, card, traceparent)
            case upi:
                return cls(merchant_id, upi.order_id, upi.vpa, None, traceparent)


@dataclass(frozen=True, slots=True)
class Context:
    """What the database knows: the orders that exist, and what time it is."""

    orders: Mapping[str, OrderRecord]
    now: datetime


class PaymentCreation:
    """How a batch of payments is created. ``clock`` only tells whether a card has expired: rows take the database's."""

    locks = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def read(self, conn: Connection, requests: Sequence[PaymentRequest]) -> Context:
        found, now = await orders.get_many_now(conn, list({request.order_id for request in requests}))
        return Context(found, now)

    def decide(self, request: PaymentRequest, context: Context) -> tuple[PaymentRecord, NewPayment]:
        if request.card is not None:
            check_expiry(request.card, self._clock().date())
        order = context.orders.get(request.order_id)
        if order is None or order.merchant_id != request.merchant_id:
            raise not_found("Order")
        if request.card is None:
            check_upi_currency(order.currency)
        if order.status == ORDER_PAID:
            raise order_already_paid()
        record = _record(request, order, context.now)
        return record, new_payment(record)

    async def write(self, conn: Connection, rows: Sequence[PaymentRecord]) -> None:
        await payments.insert(conn, rows)
        await events.append(conn, [event for row in rows for event in _first_events(row)])


def _record(request: PaymentRequest, order: OrderRecord, now: datetime) -> PaymentRecord:
    card = request.card
    view = PaymentView(
        id=new_id(PAYMENT_PREFIX),
        order_id=order.id,
        amount_minor=order.amount,
        currency=order.currency,
        method=PaymentMethod.UPI if card is None else PaymentMethod.CARD,
        status=PaymentStatus.PENDING,
        captured=False,
        created_at=now,
        vpa=request.vpa,
        card_network=None if card is None else card.network,
        card_last4=None if card is None else card.last4,
        receipt=order.receipt,
        notes=order.notes,
    )
    return PaymentRecord(
        view=view,
        merchant_id=order.merchant_id,
        updated_at=now,
        traceparent=request.traceparent,
        authentication=request.authentication,
    )


def _first_events(record: PaymentRecord) -> list[NewEvent]:
    view = record.view
    bodies = event_bodies(FIRST_EVENTS, view.created_at, payment_data(view))
    return [
        NewEvent(
            merchant_id=record.merchant_id,
            type=event,
            subject_id=view.id,
            payload=body,
            traceparent=record.traceparent,
        )
        for event, body in zip(FIRST_EVENTS, bodies, strict=True)
    ]
