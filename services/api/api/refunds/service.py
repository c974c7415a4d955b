"""What can be done with refunds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from api.answers import Answer, Page, answer, page
from api.batches import Wake
from api.idempotency import Keys, once
from api.paging import PageRequest, Position, cut
from api.refunds.schemas import MAX_REASON_LENGTH, new_refund, refund
from gateway_core.db.pool import Connection, Pool, reading, transaction
from gateway_core.db.queries import clock, events, payments, refund_list, refunds
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.errors import not_refundable, refund_exceeds_available
from gateway_core.domain.events import EventType, event_body, refund_data
from gateway_core.domain.ids import REFUND_PREFIX
from gateway_core.domain.money import check_positive_amount
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.refund import RefundStatus, RefundView
from gateway_core.domain.validation import check_text
from gateway_core.runtime.ids import new_id
from gateway_core.runtime.tracing import current_traceparent


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A checked request to give money back."""

    amount_minor: int
    reason: str | None


def parse_refund(body: Mapping[str, object]) -> RefundRequest:
    """The request that ``body`` is; raises BAD_REQUEST_ERROR."""
    reason = body.get("reason")
    return RefundRequest(
        amount_minor=check_positive_amount(body.get("amount")),
        reason=None if reason is None else check_text(reason, "reason", MAX_REASON_LENGTH),
    )


class RefundService:
    """Refunds of one gateway; every call is one transaction."""

    def __init__(self, pool: Pool, keys: Keys, wake: Wake) -> None:
        self._pool = pool
        self._keys = keys
        self._wake = wake

    async def create(
        self, merchant_id: UUID, payment_id: str, body: Mapping[str, object], key: str | None
    ) -> Answer:
        """201 with the new refund, or the answer stored under ``key``."""
        keyed = self._keys.of_merchant(merchant_id, key, f"POST /api/v1/payments/{payment_id}/refunds", body)
        async with transaction(self._pool) as conn:
            created = await once(conn, keyed, lambda: _create(conn, merchant_id, payment_id, body))
        self._wake()
        return created

    async def get(self, merchant_id: UUID, refund_id: str) -> Answer:
        """200 with the merchant's own refund, else NOT_FOUND_ERROR."""
        async with reading(self._pool) as conn:
            return answer(200, refund(await refunds.get_own(conn, merchant_id, refund_id)))

    async def list_of_payment(self, merchant_id: UUID, payment_id: str, wanted: PageRequest) -> Page:
        """The refunds of the merchant's own payment, newest first, else NOT_FOUND_ERROR."""
        async with reading(self._pool) as conn:
            await payments.get_own(conn, merchant_id, payment_id)
            found, total = await refund_list.page_of_payment(
                conn, payment_id, limit=wanted.limit + 1, offset=wanted.offset, before=wanted.after
            )
        shown, next_cursor = cut(found, wanted, _position)
        return page([refund(record) for record in shown], total, next_cursor)


async def _create(conn: Connection, merchant_id: UUID, payment_id: str, body: Mapping[str, object]) -> Answer:
    request = parse_refund(body)
    paid = await payments.lock_own(conn, merchant_id, payment_id)
    if paid.view.status is not PaymentStatus.SUCCESS:
        raise not_refundable()
    if not await payments.hold_for_refund(conn, payment_id, request.amount_minor):
        raise refund_exceeds_available()
    record = RefundRecord(
        view=RefundView(
            id=new_id(REFUND_PREFIX),
            payment_id=payment_id,
            amount_minor=request.amount_minor,
            currency=paid.view.currency,
            status=RefundStatus.PENDING,
            created_at=await clock.transaction_time(conn),
            reason=request.reason,
        ),
        merchant_id=merchant_id,
        traceparent=current_traceparent() or None,
    )
    await refunds.insert(conn, [record])
    await events.append(conn, [_created_event(record)])
    return answer(201, new_refund(record))


def _created_event(record: RefundRecord) -> NewEvent:
    view = record.view
    payload = event_body(EventType.REFUND_CREATED, int(view.created_at.timestamp()), refund_data(view))
    return NewEvent(
        merchant_id=record.merchant_id,
        type=EventType.REFUND_CREATED,
        subject_id=view.id,
        payload=payload,
        traceparent=record.traceparent,
    )


def _position(record: RefundRecord) -> Position:
    return record.view.created_at, record.view.id
