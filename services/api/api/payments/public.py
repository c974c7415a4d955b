"""Payments by anonymous payers: one of an order at a time, and only so many, whatever browsers send at once."""

from __future__ import annotations

import asyncio
from typing import Final

from api.answers import Answer
from api.batches import Wake, Write
from api.idempotency import once
from api.payments.creation import Facts, PaymentNoun, PaymentRequest
from gateway_core.db.pool import Connection, Pool, transaction
from gateway_core.db.queries import checkout, clock, orders
from gateway_core.domain.errors import GatewayError, not_found, payment_in_progress, too_many_attempts

MAX_PUBLIC_ATTEMPTS_PER_ORDER: Final = 10
# Requests on one order wait for each other with a connection in hand: the rest of the pool serves everyone else.
IN_FLIGHT: Final = 4


class PublicCreation:
    """Creates with the order locked, so that what is counted cannot change before the commit."""

    def __init__(self, pool: Pool, noun: PaymentNoun, wake: Wake) -> None:
        self._pool = pool
        self._noun = noun
        self._wake = wake
        self._turns = asyncio.Semaphore(IN_FLIGHT)

    async def create(self, write: Write[PaymentRequest]) -> Answer:
        """The new or the replayed answer; raises GatewayError and ``psycopg.Error``."""
        if isinstance(write.request, GatewayError) and write.keyed is None:
            raise write.request
        async with self._turns, transaction(self._pool) as conn:
            made = await once(conn, write.keyed, lambda: self._create(conn, write.request))
        if not made.replayed:
            self._wake()
        return made

    async def _create(self, conn: Connection, request: PaymentRequest | GatewayError) -> Answer:
        if isinstance(request, GatewayError):
            raise request
        order = await orders.lock(conn, request.order_id)
        if order is None:
            raise not_found("Order")
        # After the lock, in a statement of its own: it sees what the lock's last holder has committed.
        attempts = await checkout.attempts_of(conn, order.id)
        row, made = self._noun.decide(request, Facts({order.id: order}, await clock.transaction_time(conn)))
        if attempts.in_flight:
            raise payment_in_progress()
        if attempts.count >= MAX_PUBLIC_ATTEMPTS_PER_ORDER:
            raise too_many_attempts()
        await self._noun.write(conn, [row])
        return made
