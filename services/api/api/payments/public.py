"""Payments by anonymous payers: one of an order at a time, and only so many, whatever browsers send at once."""

from __future__ import annotations

import asyncio
from typing import Final

from api.batches import CREATED, Wake
from api.idempotency import Replay, ScopedKey, run_idempotent
from api.payments.creation import Context, PaymentCreation, PaymentRequest
from api.payments.schemas import NewPayment
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import checkout, clock, orders
from gateway_core.domain.errors import not_found, payment_in_progress, too_many_attempts

MAX_PUBLIC_ATTEMPTS_PER_ORDER: Final = 10
# Requests on one order wait for each other with a connection in hand: the rest of the pool serves everyone else.
IN_FLIGHT: Final = 4


class PublicCreation:
    """Creates with the order locked, so that what is counted cannot change before the commit."""

    def __init__(self, pool: Pool, operation: PaymentCreation, wake: Wake) -> None:
        self._pool = pool
        self._operation = operation
        self._wake = wake
        self._turns = asyncio.Semaphore(IN_FLIGHT)

    async def create(self, request: PaymentRequest, key: ScopedKey | None) -> NewPayment | Replay:
        """The new payment or the stored answer; raises GatewayError and ``psycopg.Error``."""
        async with self._turns, transaction(self._pool) as conn:
            made = await run_idempotent(conn, key, CREATED, lambda: self._create(conn, request))
        if not isinstance(made, Replay):
            self._wake()
        return made

    async def _create(self, conn: Connection, request: PaymentRequest) -> NewPayment:
        order = await orders.lock(conn, request.order_id)
        if order is None:
            raise not_found("Order")
        # After the lock, in a statement of its own: it sees what the lock's last holder has committed.
        attempts = await checkout.attempts_of(conn, order.id)
        context = Context({order.id: order}, await clock.transaction_time(conn))
        row, made = self._operation.decide(request, context)
        if attempts.in_flight:
            raise payment_in_progress()
        if attempts.count >= MAX_PUBLIC_ATTEMPTS_PER_ORDER:
            raise too_many_attempts()
        await self._operation.write(conn, [row])
        return made
