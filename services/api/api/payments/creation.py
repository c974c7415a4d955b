"""New payments: the check of what was sent, and the batch that creates them with their events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from api.answers import Answer, answer
from api.payments.schemas import new_payment
from api.pipeline import both
from gateway_core.db.pool import Connection
from gateway_core.db.queries import clock, events, orders, payments
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.errors import bad_request, invalid_payment_method, not_found, order_already_paid
from gateway_core.domain.events import EventType, event_body, payment_data
from gateway_core.domain.ids import PAYMENT_PREFIX
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView
from gateway_core.domain.validation import CardInput, check_card, check_vpa
from gateway_core.runtime.ids import new_id

# A payment is pending from its first instant: both are announced with it (contract, Webhooks).
FIRST_EVENTS = (EventType.PAYMENT_CREATED, EventType.PAYMENT_PENDING)
ORDER_PAID = "paid"


@dataclass(frozen=True, slots=True)
class Instrument:
    """What is charged; of a card only what may be kept."""

    method: PaymentMethod
    vpa: str | None = None
    card_network: str | None = None
    card_last4: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A checked request to pay an order."""

    merchant_id: UUID
    order_id: str
    instrument: Instrument
    traceparent: str | None
    authentication: Authentication | None = None


def check_order_id(body: Mapping[str, object]) -> str:
    """The ``order_id``, of any form, or BAD_REQUEST_ERROR."""
    order_id = body.get("order_id")
    if not isinstance(order_id, str) or not order_id:
        raise bad_request("order_id is required", field="order_id")
    return order_id


def parse_instrument(body: Mapping[str, object], today: date) -> Instrument:
    """What is to be charged; raises BAD_REQUEST_ERROR, INVALID_VPA, INVALID_CARD or EXPIRED_CARD."""
    match body.get("method"):
        case PaymentMethod.UPI.value:
            return Instrument(PaymentMethod.UPI, vpa=check_vpa(body.get("vpa")))
        case PaymentMethod.CARD.value:
            card = check_card(CardInput.from_json(body.get("card")), today)
            return Instrument(PaymentMethod.CARD, card_network=card.network, card_last4=card.last4)
        case _:
            raise invalid_payment_method()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows: the orders that exist, and what time it is."""

    orders: Mapping[str, OrderRecord]
    now: datetime


class PaymentNoun:
    """How a batch of payments is created."""

    async def read(self, conn: Connection, requests: Sequence[PaymentRequest]) -> Facts:
        order_ids = list({request.order_id for request in requests})
        found, now = await both(orders.get_many(conn, order_ids), clock.transaction_time(conn))
        return Facts(found, now)

    def decide(self, request: PaymentRequest, facts: Facts) -> tuple[PaymentRecord, Answer]:
        order = facts.orders.get(request.order_id)
        if order is None or order.merchant_id != request.merchant_id:
            raise not_found("Order")
        if order.status == ORDER_PAID:
            raise order_already_paid()
        record = _record(request, order, facts.now)
        return record, answer(201, new_payment(record))

    async def write(self, conn: Connection, rows: Sequence[PaymentRecord]) -> None:
        await payments.insert(conn, rows)
        await events.append(conn, [event for row in rows for event in _first_events(row)])


def _record(request: PaymentRequest, order: OrderRecord, now: datetime) -> PaymentRecord:
    instrument = request.instrument
    view = PaymentView(
        id=new_id(PAYMENT_PREFIX),
        order_id=order.id,
        amount_minor=order.amount,
        currency=order.currency,
        method=instrument.method,
        status=PaymentStatus.PENDING,
        captured=False,
        created_at=now,
        vpa=instrument.vpa,
        card_network=instrument.card_network,
        card_last4=instrument.card_last4,
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
    data, timestamp_s = payment_data(view), int(view.created_at.timestamp())
    return [
        NewEvent(
            merchant_id=record.merchant_id,
            type=event,
            subject_id=view.id,
            payload=event_body(event, timestamp_s, data),
            traceparent=record.traceparent,
        )
        for event in FIRST_EVENTS
    ]
