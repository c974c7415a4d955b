"""What can be done with payments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

import orjson

from api.answers import Answer, Page, answer, page
from api.batches import BatchWriter, Wake, Write
from api.idempotency import Keys, once
from api.orders.service import OrderService
from api.paging import PageRequest, Position, cut
from api.payments.creation import PaymentNoun, PaymentRequest, check_order_id, parse_instrument
from api.payments.filters import parse_filter
from api.payments.public import PublicCreation
from api.payments.schemas import payment, public_payment
from gateway_core.acquiring.scenarios import is_challenged
from gateway_core.db.pool import Connection, Pool, reading, transaction
from gateway_core.db.queries import payment_list, payments
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import Authentication
from gateway_core.domain.errors import GatewayError, bad_request, not_capturable, not_found
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX, is_id
from gateway_core.domain.money import check_positive_amount
from gateway_core.domain.ownership import own
from gateway_core.domain.payment import PaymentStatus
from gateway_core.runtime.clock import Clock, utc_now
from gateway_core.runtime.crypto import Cipher
from gateway_core.runtime.tracing import current_traceparent

CREATE_ROUTE: Final = "POST /api/v1/payments"
CREATE_PUBLIC_ROUTE: Final = "POST /api/v1/payments/public"
# No value in the body can hold these quotes: they would be escaped.
NEXT_ACTION: Final = b'"next_action":'


class PaymentService:
    """Payments of one gateway; every call is one transaction.

    ``challenges``: cards whose bank asks for a code are challenged (not in ``TEST_MODE``).
    """

    def __init__(
        self,
        pool: Pool,
        keys: Keys,
        orders: OrderService,
        box: Cipher,
        wake: Wake,
        *,
        challenges: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._orders = orders
        self._clock = clock
        self._box = box
        self._challenges = challenges
        noun = PaymentNoun()
        self._writer = BatchWriter(pool, noun, wake)
        self._public = PublicCreation(pool, noun, wake)

    async def create(self, merchant_id: UUID, body: Mapping[str, object], key: str | None) -> Answer:
        """201 with the new payment, or the answer stored under ``key``."""
        keyed = self._keys.of_merchant(merchant_id, key, CREATE_ROUTE, body)
        made = await self._writer.create(Write(self._request(merchant_id, body), keyed))
        return self._entitled(made) if NEXT_ACTION in made.body else made

    async def create_public(self, body: Mapping[str, object], key: str | None) -> Answer:
        """The same for an anonymous payer: the order's id is what entitles to pay it, once at a time."""
        order_id = check_order_id(body)
        merchant_id = (await self._orders.find(order_id)).merchant_id
        keyed = self._keys.of_payer(merchant_id, order_id, key, CREATE_PUBLIC_ROUTE, body)
        return self._entitled(await self._public.create(Write(self._request(merchant_id, body), keyed)))

    async def get(self, merchant_id: UUID, payment_id: str) -> Answer:
        """200 with the merchant's own payment, else NOT_FOUND_ERROR."""
        return answer(200, payment(own("Payment", await self._find(payment_id), merchant_id)))

    async def get_public(self, payment_id: str) -> Answer:
        """200 with what a payer may see, else NOT_FOUND_ERROR."""
        return answer(200, public_payment(await self._find(payment_id)))

    async def list_page(self, merchant_id: UUID, query: Mapping[str, str], wanted: PageRequest) -> Page:
        """The merchant's payments that the query's filters let through, newest first."""
        chosen = parse_filter(query, wanted.after)
        async with reading(self._pool) as conn:
            found, total = await payment_list.page(
                conn, merchant_id, chosen, limit=wanted.limit + 1, offset=wanted.offset
            )
        shown, next_cursor = cut(found, wanted, _position)
        return page([payment(record) for record in shown], total, next_cursor)

    async def capture(
        self, merchant_id: UUID, payment_id: str, body: Mapping[str, object], key: str | None
    ) -> Answer:
        """200 with the captured payment, or the answer stored under ``key``."""
        keyed = self._keys.of_merchant(merchant_id, key, f"POST /api/v1/payments/{payment_id}/capture", body)
        async with transaction(self._pool) as conn:
            return await once(conn, keyed, lambda: _capture(conn, merchant_id, payment_id, body))

    async def aclose(self) -> None:
        """Answer what waits, refuse what comes."""
        await self._writer.aclose()

    def _request(self, merchant_id: UUID, body: Mapping[str, object]) -> PaymentRequest | GatewayError:
        try:
            order_id = check_order_id(body)
            instrument = parse_instrument(body, self._clock().date())
            if not is_id(ORDER_PREFIX, order_id):
                raise not_found("Order")
        except GatewayError as refusal:
            return refusal
        asked = self._challenges and is_challenged(instrument.card_last4)
        authentication = Authentication.REQUIRED if asked else None
        return PaymentRequest(
            merchant_id, order_id, instrument, current_traceparent() or None, authentication
        )

    def _entitled(self, made: Answer) -> Answer:
        """``made`` with the client secret, which is derived anew for every replay instead of being stored."""
        content = orjson.loads(made.body)
        entitlement = {
            "client_secret": self._box.client_secret(content["id"]),
            "next_action": content.get("next_action"),
        }
        return replace(made, body=orjson.dumps({**content, **entitlement}))

    async def _find(self, payment_id: str) -> PaymentRecord:
        if is_id(PAYMENT_PREFIX, payment_id):
            async with reading(self._pool) as conn:
                record = await payments.get(conn, payment_id)
            if record is not None:
                return record
        raise not_found("Payment")


async def _capture(
    conn: Connection, merchant_id: UUID, payment_id: str, body: Mapping[str, object]
) -> Answer:
    amount_minor = check_positive_amount(body.get("amount"))
    view = (await payments.lock_own(conn, merchant_id, payment_id)).view
    if view.status is not PaymentStatus.SUCCESS or view.captured:
        raise not_capturable()
    if amount_minor != view.amount_minor:
        raise bad_request("Capture amount must equal the payment amount", field="amount")
    await payments.mark_captured(conn, payment_id)
    captured = await payments.get(conn, payment_id)
    assert captured is not None  # its row is locked by this transaction
    return answer(200, payment(captured))


def _position(record: PaymentRecord) -> Position:
    return record.view.created_at, record.view.id
