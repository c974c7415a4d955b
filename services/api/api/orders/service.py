"""What can be done with orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from api.answers import Answer, Page, answer, page
from api.batches import BatchWriter, Write
from api.idempotency import Keys
from api.orders.schemas import OrderRequest, order, parse_order, public_order
from api.paging import PageRequest, Position, cut
from gateway_core.db.pool import Connection, Pool, reading
from gateway_core.db.queries import clock, order_list, orders
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.domain.errors import GatewayError, not_found
from gateway_core.domain.ids import ORDER_PREFIX, is_id
from gateway_core.runtime.coalescer import Coalescer
from gateway_core.runtime.ids import new_id

CREATE_ROUTE: Final = "POST /api/v1/orders"
MAX_LOOKUP_BATCH: Final = 200
MAX_LOOKUPS_WAITING: Final = 2000


@dataclass(frozen=True, slots=True)
class _NewOrder:
    merchant_id: UUID
    request: OrderRequest


class _OrderNoun:
    """How a batch of orders is created."""

    async def read(self, conn: Connection, requests: Sequence[_NewOrder]) -> datetime:
        return await clock.transaction_time(conn)

    def decide(self, request: _NewOrder, facts: datetime) -> tuple[OrderRecord, Answer]:
        wanted = request.request
        record = OrderRecord(
            id=new_id(ORDER_PREFIX),
            merchant_id=request.merchant_id,
            amount=wanted.amount_minor,
            currency=wanted.currency,
            receipt=wanted.receipt,
            notes=wanted.notes,
            status="created",
            created_at=facts,
            updated_at=facts,
        )
        return record, answer(201, order(record))

    async def write(self, conn: Connection, rows: Sequence[OrderRecord]) -> None:
        await orders.insert(conn, rows)


class OrderService:
    """Orders of one gateway; every call is one transaction."""

    def __init__(self, pool: Pool, keys: Keys) -> None:
        self._pool = pool
        self._keys = keys
        self._writer = BatchWriter(pool, _OrderNoun())
        self._lookups: Coalescer[str, OrderRecord | None] = Coalescer(
            self._find, max_batch=MAX_LOOKUP_BATCH, max_waiting=MAX_LOOKUPS_WAITING
        )

    async def create(self, merchant_id: UUID, body: Mapping[str, object], key: str | None) -> Answer:
        """201 with the new order, or the answer stored under ``key``."""
        keyed = self._keys.of_merchant(merchant_id, key, CREATE_ROUTE, body)
        request: _NewOrder | GatewayError
        try:
            request = _NewOrder(merchant_id, parse_order(body))
        except GatewayError as refusal:
            request = refusal
        return await self._writer.create(Write(request, keyed))

    async def get(self, merchant_id: UUID, order_id: str) -> Answer:
        """200 with the merchant's own order, else NOT_FOUND_ERROR."""
        record = await self.find(order_id)
        if record.merchant_id != merchant_id:
            raise not_found("Order")
        return answer(200, order(record))

    async def get_public(self, order_id: str) -> Answer:
        """200 with what a payer may see, else NOT_FOUND_ERROR."""
        if is_id(ORDER_PREFIX, order_id):
            async with reading(self._pool) as conn:
                record = await orders.get_public(conn, order_id)
            if record is not None:
                return answer(200, public_order(record))
        raise not_found("Order")

    async def find(self, order_id: str) -> OrderRecord:
        """The order, whoever's it is, else NOT_FOUND_ERROR."""
        record = await self._lookups.submit(order_id) if is_id(ORDER_PREFIX, order_id) else None
        if record is None:
            raise not_found("Order")
        return record

    async def list_page(self, merchant_id: UUID, wanted: PageRequest) -> Page:
        """The merchant's orders, newest first."""
        async with reading(self._pool) as conn:
            found, total = await order_list.page(
                conn, merchant_id, limit=wanted.limit + 1, offset=wanted.offset, before=wanted.after
            )
        shown, next_cursor = cut(found, wanted, _position)
        return page([order(record) for record in shown], total, next_cursor)

    async def aclose(self) -> None:
        """Answer what waits, refuse what comes."""
        await self._writer.aclose()
        await self._lookups.aclose()

    async def _find(self, order_ids: Sequence[str]) -> list[OrderRecord | None]:
        async with reading(self._pool) as conn:
            found = await orders.get_many(conn, list(set(order_ids)))
        return [found.get(order_id) for order_id in order_ids]


def _position(record: OrderRecord) -> Position:
    return record.created_at, record.id
