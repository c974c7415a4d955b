"""What can be done with orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.batches import BatchWriter
from api.idempotency import IdempotencyKey, Replay
from api.orders.filters import OrderFilters
from api.orders.schemas import Order, OrderInput, PublicOrder, order, public_order
from api.paging import Page, PageRequest, Position, make_page
from api.query_values import NO_CHARACTER
from gateway_core.db.pool import Connection, Pool, reading
from gateway_core.db.queries import clock, merchants, order_list, orders
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.reader import Reader
from gateway_core.domain.errors import not_found
from gateway_core.domain.ids import ORDER_PREFIX, is_id
from gateway_core.domain.ownership import own
from gateway_core.runtime.ids import new_id


@dataclass(frozen=True, slots=True)
class _NewOrder:
    merchant_id: UUID
    wanted: OrderInput


class _OrderCreation:
    """How a batch of orders is created."""

    locks = False

    async def read(self, conn: Connection, requests: Sequence[_NewOrder]) -> datetime:
        return await clock.transaction_time(conn)

    def decide(self, request: _NewOrder, context: datetime) -> tuple[OrderRecord, Order]:
        wanted = request.wanted
        record = OrderRecord(
            id=new_id(ORDER_PREFIX),
            merchant_id=request.merchant_id,
            amount=wanted.amount,
            currency=wanted.currency,
            receipt=wanted.receipt,
            notes=wanted.notes,
            status="created",
            created_at=context,
            updated_at=context,
        )
        return record, order(record)

    async def write(self, conn: Connection, rows: Sequence[OrderRecord]) -> None:
        await orders.insert(conn, rows)


class OrderService:
    """Orders of one gateway; every call is one transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._writer = BatchWriter(pool, _OrderCreation())
        self._reader = Reader(pool, orders.get_many)

    async def create(
        self, merchant_id: UUID, wanted: OrderInput, key: IdempotencyKey | None
    ) -> Order | Replay:
        """The new order, or the answer stored under ``key``."""
        return await self._writer.create(
            _NewOrder(merchant_id, wanted), None if key is None else key.of_merchant(merchant_id)
        )

    async def get(self, merchant_id: UUID, order_id: str) -> Order:
        """The merchant's own order, else NOT_FOUND_ERROR."""
        return order(own("Order", await self._find(order_id), merchant_id))

    async def get_public(self, order_id: str, api_key: str | None) -> PublicOrder:
        """What a payer may see, else NOT_FOUND_ERROR; also when ``api_key`` is given and is not its merchant's."""
        if is_id(ORDER_PREFIX, order_id):
            async with reading(self._pool) as conn:
                record = await orders.get_public(conn, order_id)
                if record is not None and (
                    not api_key or await _is_key_of(conn, api_key, record.merchant_id)
                ):
                    return public_order(record)
        raise not_found("Order")

    async def find(self, order_id: str) -> OrderRecord:
        """The order, of whichever merchant, else NOT_FOUND_ERROR."""
        record = await self._find(order_id)
        if record is None:
            raise not_found("Order")
        return record

    async def list_page(
        self, merchant_id: UUID, filters: OrderFilters, wanted: PageRequest
    ) -> Page[OrderRecord]:
        """The merchant's orders that the filters let through, newest first."""
        async with reading(self._pool) as conn:
            found, total = await order_list.page(
                conn, merchant_id, filters.after(wanted.after), limit=wanted.limit + 1, offset=wanted.offset
            )
        return make_page(found, total, wanted, _position)

    async def aclose(self) -> None:
        """Answer what waits, refuse what comes."""
        await self._writer.aclose()
        await self._reader.aclose()

    async def _find(self, order_id: str) -> OrderRecord | None:
        return await self._reader.get(order_id) if is_id(ORDER_PREFIX, order_id) else None


async def _is_key_of(conn: Connection, api_key: str, merchant_id: UUID) -> bool:
    found = (await merchants.find_credentials(conn, [api_key.replace("\x00", NO_CHARACTER)])).values()
    return any(each.merchant_id == merchant_id for each in found)


def _position(record: OrderRecord) -> Position:
    return record.created_at, record.id
