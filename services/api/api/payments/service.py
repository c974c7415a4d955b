"""What can be done with payments."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from api.batches import BatchWriter, Wake
from api.idempotency import IdempotencyKey, Replay, run_idempotent
from api.orders.service import OrderService
from api.paging import Page, PageRequest, Position, make_page
from api.payments.creation import PaymentCreation, PaymentRequest
from api.payments.filters import PaymentFilters
from api.payments.public import PublicCreation
from api.payments.schemas import (
    NewPayment,
    NewPublicPayment,
    Payment,
    PaymentInput,
    PublicPayment,
    payment,
    public_payment,
)
from gateway_core.acquiring.scenarios import is_challenged
from gateway_core.db.pool import Connection, Pool, reading, transaction
from gateway_core.db.queries import payment_list, payments
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.db.reader import Reader
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.errors import bad_request, not_capturable, not_found
from gateway_core.domain.ids import PAYMENT_PREFIX, is_id
from gateway_core.domain.ownership import own
from gateway_core.domain.payment import PaymentStatus
from gateway_core.runtime.clock import Clock, utc_now
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.tracing import current_traceparent


class PaymentService:
    """Payments of one gateway; every call is one transaction.

    ``challenges``: cards whose bank asks for a code are challenged (not in ``TEST_MODE``).
    """

    def __init__(
        self,
        pool: Pool,
        orders: OrderService,
        cipher: Cipher,
        wake: Wake,
        *,
        challenges: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._pool = pool
        self._orders = orders
        self._cipher = cipher
        self._challenges = challenges
        operation = self._operation = PaymentCreation(clock)
        self._reader = Reader(pool, payments.get_many)
        self._writer = BatchWriter(pool, operation, wake)
        self._public = PublicCreation(pool, operation, wake)

    async def create(
        self, merchant_id: UUID, wanted: PaymentInput, key: IdempotencyKey | None
    ) -> NewPayment | Replay:
        """The new payment, or the answer stored under ``key``."""
        scoped = None if key is None else key.of_merchant(merchant_id)
        made = await self._writer.create(self._request(merchant_id, wanted), scoped)
        if isinstance(made, Replay):
            stored = NewPayment.model_validate_json(made.body)
            return made if stored.next_action is None else made.of(self._with_secret(stored))
        return made if made.next_action is None else self._with_secret(made)

    async def create_public(
        self, wanted: PaymentInput, key: IdempotencyKey | None
    ) -> NewPublicPayment | Replay:
        """The same for an anonymous payer: the order's id is what entitles to pay it, once at a time."""
        order_id = wanted.root.order_id
        merchant_id = (await self._orders.find(order_id)).merchant_id
        scoped = None if key is None else key.of_payer(merchant_id, order_id)
        made = await self._public.create(self._request(merchant_id, wanted), scoped)
        if isinstance(made, Replay):
            return made.of(self._for_payer(NewPayment.model_validate_json(made.body)))
        return self._for_payer(made)

    async def get(self, merchant_id: UUID, payment_id: str) -> Payment:
        """The merchant's own payment, else NOT_FOUND_ERROR."""
        return payment(own("Payment", await self._find(payment_id), merchant_id))

    async def get_public(self, payment_id: str) -> PublicPayment:
        """What a payer may see, else NOT_FOUND_ERROR."""
        record = await self._find(payment_id)
        if record is None:
            raise not_found("Payment")
        return public_payment(record)

    async def list_page(
        self, merchant_id: UUID, filters: PaymentFilters, wanted: PageRequest
    ) -> Page[PaymentRecord]:
        """The merchant's payments that the filters let through, newest first."""
        async with reading(self._pool) as conn:
            found, total = await payment_list.page(
                conn, merchant_id, filters.after(wanted.after), limit=wanted.limit + 1, offset=wanted.offset
            )
        return make_page(found, total, wanted, _position)

    async def capture(
        self, merchant_id: UUID, payment_id: str, amount_minor: int | None, key: IdempotencyKey | None
    ) -> Payment | Replay:
        """The captured payment, or the answer stored under ``key``."""
        scoped = None if key is None else key.of_merchant(merchant_id)
        async with transaction(self._pool) as conn:
            return await run_idempotent(
                conn, scoped, 200, lambda: _capture(conn, merchant_id, payment_id, amount_minor)
            )

    async def aclose(self) -> None:
        """Answer what waits, refuse what comes."""
        await self._writer.aclose()
        await self._reader.aclose()

    def _request(self, merchant_id: UUID, wanted: PaymentInput) -> PaymentRequest:
        request = PaymentRequest.of(merchant_id, wanted, current_traceparent() or None)
        if self._challenges and request.card is not None and is_challenged(request.card.last4):
            return replace(request, authentication=Authentication.REQUIRED)
        return request

    # The client secret is derived anew for every replay instead of being stored.
    def _with_secret(self, made: NewPayment) -> NewPayment:
        return NewPayment.model_validate(
            {**made.model_dump(exclude_unset=True), "client_secret": self._cipher.client_secret(made.id)}
        )

    def _for_payer(self, made: NewPayment) -> NewPublicPayment:
        return NewPublicPayment.model_validate(
            {
                "next_action": None,
                **made.model_dump(exclude_unset=True),
                "client_secret": self._cipher.client_secret(made.id),
            }
        )

    async def _find(self, payment_id: str) -> PaymentRecord | None:
        return await self._reader.get(payment_id) if is_id(PAYMENT_PREFIX, payment_id) else None


async def _capture(conn: Connection, merchant_id: UUID, payment_id: str, amount_minor: int | None) -> Payment:
    record = await payments.lock_own(conn, merchant_id, payment_id)
    view = record.view
    is_refunded = record.amount_refunded >= view.amount_minor
    if view.status is not PaymentStatus.SUCCESS or view.captured or is_refunded:
        raise not_capturable()
    if amount_minor not in (None, view.amount_minor):
        raise bad_request("Capture amount must equal the payment amount", field="amount")
    await payments.mark_captured(conn, payment_id)
    captured = await payments.get(conn, payment_id)
    assert captured is not None  # its row is locked by this transaction
    return payment(captured)


def _position(record: PaymentRecord) -> Position:
    return record.view.created_at, record.view.id
