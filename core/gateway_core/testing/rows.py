"""Rows as the API commits them, and queries of any rows afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, LiteralString, TypeAlias, cast
from uuid import UUID, uuid4

from gateway_core.acquiring import refunding
from gateway_core.db.pool import Pool, autocommit, transaction
from gateway_core.db.queries import events, invariants, orders, payments
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.orders import OrderRecord
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.queries.refunds import RefundRecord
from gateway_core.domain.events import EventType, event_body, payment_data
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX, REFUND_PREFIX
from gateway_core.domain.payment import PaymentMethod, PaymentStatus, PaymentView
from gateway_core.domain.refund import RefundStatus, RefundView
from gateway_core.runtime.ids import new_id

AMOUNT_MINOR = 50_000
RECEIPT = "कॉफ़ी ☕"
NOTES: Mapping[str, object] = {"table": "4", "tip": None}
Parameters: TypeAlias = Sequence[object] | Mapping[str, object]
CREATED_AT = datetime(2024, 1, 15, 10, 30, 0, 123_000, tzinfo=UTC)


class Rows:
    """Orders of ``AMOUNT_MINOR`` with ``RECEIPT`` and ``NOTES``, their payments and refunds, events included."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._merchant_id: UUID | None = None

    async def merchant(self, webhook_url: str | None = None) -> UUID:
        """A new merchant; later orders are its own."""
        merchant_id = uuid4()
        await self.run(
            "INSERT INTO merchants (id, name, email, api_key, webhook_url) VALUES (%s, 'M', %s, %s, %s)",
            (merchant_id, f"{merchant_id}@example.com", f"key_{merchant_id}", webhook_url),
        )
        self._merchant_id = merchant_id
        return merchant_id

    async def orders(self, count: int = 1) -> list[str]:
        """New orders of the latest merchant, which is made if there is none."""
        merchant_id = self._merchant_id or await self.merchant()
        records = [
            OrderRecord(
                id=new_id(ORDER_PREFIX),
                merchant_id=merchant_id,
                amount=AMOUNT_MINOR,
                currency="INR",
                receipt=RECEIPT,
                notes=NOTES,
                status="created",
                created_at=CREATED_AT,
                updated_at=CREATED_AT,
            )
            for _ in range(count)
        ]
        async with transaction(self._pool) as conn:
            await orders.insert(conn, records)
        return [record.id for record in records]

    async def payments(self, *order_ids: str, vpa: str = "buyer@bank") -> list[str]:
        """A pending UPI payment of each order, due at once, with its events."""
        records = [self._payment(order_id, vpa=vpa) for order_id in order_ids]
        async with transaction(self._pool) as conn:
            await payments.insert(conn, records)
            await events.append(
                conn, [_created(record, event) for event in _AT_CREATION for record in records]
            )
        return [record.view.id for record in records]

    async def payment(self, *, vpa: str = "buyer@bank") -> str:
        """A pending UPI payment of an order of its own."""
        return (await self.payments(*await self.orders(), vpa=vpa))[0]

    async def card_payment(self, card_last4: str, card_network: str = "visa") -> str:
        """A pending card payment of an order of its own."""
        (order_id,) = await self.orders()
        record = self._payment(order_id, card_network=card_network, card_last4=card_last4)
        async with transaction(self._pool) as conn:
            await payments.insert(conn, [record])
            await events.append(conn, [_created(record, event) for event in _AT_CREATION])
        return record.view.id

    async def paid(self, count: int = 1, *, vpa: str = "buyer@bank") -> list[str]:
        """Successful payments of orders of their own."""
        payment_ids = await self.payments(*await self.orders(count), vpa=vpa)
        await self.run(
            """
            WITH paid AS (
                UPDATE payments SET status = 'success', next_attempt_at = NULL, lease_generation = 1,
                    submitted_at = now()
                WHERE id = ANY(%s) RETURNING id, order_id, merchant_id
            ), orders_paid AS (
                UPDATE orders o SET status = 'paid', active_payment_id = p.id FROM paid p WHERE o.id = p.order_id
            )
            INSERT INTO events (merchant_id, type, subject_id, payload)
            SELECT merchant_id, 'payment.success', id, '{}' FROM paid
            """,
            (payment_ids,),
        )
        return payment_ids

    async def refunds(self, *payment_ids: str, amount_minor: int = 1_000) -> list[str]:
        """A pending refund of each payment, due at once, held and with its event."""
        assert self._merchant_id is not None
        records = [
            RefundRecord(
                view=RefundView(
                    id=new_id(REFUND_PREFIX),
                    payment_id=payment_id,
                    amount_minor=amount_minor,
                    currency="INR",
                    status=RefundStatus.PENDING,
                    created_at=CREATED_AT,
                    reason="cold coffee",
                ),
                merchant_id=self._merchant_id,
            )
            for payment_id in payment_ids
        ]
        async with transaction(self._pool) as conn:
            await refunding.write(conn, records)
        return [record.view.id for record in records]

    def _payment(self, order_id: str, **instrument: str) -> PaymentRecord:
        assert self._merchant_id is not None
        view = PaymentView(
            id=new_id(PAYMENT_PREFIX),
            order_id=order_id,
            amount_minor=AMOUNT_MINOR,
            currency="INR",
            method=PaymentMethod.UPI if "vpa" in instrument else PaymentMethod.CARD,
            status=PaymentStatus.PENDING,
            captured=False,
            created_at=CREATED_AT,
            receipt=RECEIPT,
            notes=NOTES,
        )
        view = replace(view, **cast("Any", instrument))
        return PaymentRecord(view=view, merchant_id=self._merchant_id, updated_at=CREATED_AT)

    async def run(self, statement: LiteralString, parameters: Parameters = ()) -> int:
        """Commit one statement; returns the rows it touched."""
        async with autocommit(self._pool) as conn:
            return (await conn.execute(statement, parameters or None)).rowcount

    async def read(self, query: LiteralString, parameters: Parameters = ()) -> list[dict[str, Any]]:
        """The rows of a query."""
        async with autocommit(self._pool) as conn:
            return await (await conn.execute(query, parameters or None)).fetchall()

    async def values(self, query: LiteralString, parameters: Parameters = ()) -> list[Any]:
        """The first column of a query's rows."""
        return [next(iter(row.values())) for row in await self.read(query, parameters)]

    async def one(self, query: LiteralString, parameters: Parameters = ()) -> Any:
        """The first column of a query's only row."""
        (value,) = await self.values(query, parameters)
        return value

    async def violations(self) -> dict[str, list[dict[str, object]]]:
        """What the ``inv_*`` views report."""
        async with transaction(self._pool) as conn:
            return await invariants.violations(conn)

    async def statuses(self, payment_ids: Sequence[str]) -> list[str]:
        """The status of each payment, in the order of their ids here."""
        found = await self.read("SELECT id, status FROM payments WHERE id = ANY(%s)", (list(payment_ids),))
        status_of = {row["id"]: row["status"] for row in found}
        return [status_of[payment_id] for payment_id in payment_ids]


_AT_CREATION = (EventType.PAYMENT_CREATED, EventType.PAYMENT_PENDING)


def _created(record: PaymentRecord, event: EventType) -> NewEvent:
    body = event_body(event, datetime.now(UTC), payment_data(record.view))
    return NewEvent(record.merchant_id, event, record.view.id, body)
