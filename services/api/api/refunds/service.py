"""What can be done with refunds."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.batches import BatchWriter, Wake
from api.idempotency import IdempotencyKey, Replay
from api.paging import Page, PageRequest, Position, make_page
from api.refunds.schemas import NewRefund, Refund, RefundInput, new_refund, refund
from gateway_core.acquiring import refunding
from gateway_core.acquiring.refunding import RefundContext, RefundRequest
from gateway_core.db.pool import Connection, Pool, reading
from gateway_core.db.queries import payments, refund_list, refunds
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.db.reader import Reader
from gateway_core.domain.ids import REFUND_PREFIX, is_id
from gateway_core.domain.ownership import own
from gateway_core.runtime.tracing import current_traceparent


class _RefundCreation:
    """How a batch of refunds is created."""

    locks = True

    async def read(self, conn: Connection, requests: Sequence[RefundRequest]) -> RefundContext:
        return await refunding.read(conn, requests)

    def decide(self, request: RefundRequest, context: RefundContext) -> tuple[RefundRecord, NewRefund]:
        record = refunding.decide(request, context)
        return record, new_refund(record)

    async def write(self, conn: Connection, rows: Sequence[RefundRecord]) -> None:
        await refunding.write(conn, rows)


class RefundService:
    """Refunds of one gateway."""

    def __init__(self, pool: Pool, wake: Wake) -> None:
        self._pool = pool
        self._reader = Reader(pool, refunds.get_many)
        self._writer = BatchWriter(pool, _RefundCreation(), wake)

    async def create(
        self, merchant_id: UUID, payment_id: str, wanted: RefundInput, key: IdempotencyKey | None
    ) -> NewRefund | Replay:
        """The new refund, or the answer stored under ``key``."""
        request = RefundRequest(
            merchant_id=merchant_id,
            payment_id=payment_id,
            amount_minor=wanted.amount,
            reason=wanted.reason,
            traceparent=current_traceparent() or None,
        )
        return await self._writer.create(request, None if key is None else key.of_merchant(merchant_id))

    async def get(self, merchant_id: UUID, refund_id: str) -> Refund:
        """The merchant's own refund, else NOT_FOUND_ERROR."""
        found = await self._reader.get(refund_id) if is_id(REFUND_PREFIX, refund_id) else None
        return refund(own("Refund", found, merchant_id))

    async def list_of_payment(
        self, merchant_id: UUID, payment_id: str, wanted: PageRequest
    ) -> Page[RefundRecord]:
        """The refunds of the merchant's own payment, newest first, else NOT_FOUND_ERROR."""
        async with reading(self._pool) as conn:
            await payments.get_own(conn, merchant_id, payment_id)
            found, total = await refund_list.page_of_payment(
                conn, payment_id, limit=wanted.limit + 1, offset=wanted.offset, before=wanted.after
            )
        return make_page(found, total, wanted, _position)

    async def aclose(self) -> None:
        """Answer what waits, refuse what comes."""
        await self._writer.aclose()
        await self._reader.aclose()


def _position(record: RefundRecord) -> Position:
    return record.view.created_at, record.view.id
