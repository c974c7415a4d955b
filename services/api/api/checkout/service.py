"""What a payer can do with a payment, and a merchant with its checkout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from api.batches import Wake
from api.checkout.schemas import AllowedOrigins, CheckoutPayment, CheckoutSettings, checkout_payment
from gateway_core.acquiring.scenarios import CHALLENGE_CODE
from gateway_core.db.pool import Connection, Pool, reading, transaction
from gateway_core.db.queries import checkout, clock, events, merchants, payments
from gateway_core.db.queries.checkout import CheckoutRecord
from gateway_core.db.queries.events import NewEvent
from gateway_core.db.queries.payments import PaymentRecord
from gateway_core.domain.authentication import (
    MAX_AUTHENTICATION_ATTEMPTS,
    Authentication,
    awaits_code,
)
from gateway_core.domain.errors import (
    GatewayError,
    incorrect_code,
    no_code_expected,
    not_cancellable,
    not_found,
)
from gateway_core.domain.events import EventType, event_body, payment_data
from gateway_core.domain.ids import ORDER_PREFIX, PAYMENT_PREFIX, is_id
from gateway_core.domain.payment import PaymentStatus
from gateway_core.domain.signing import sign_checkout
from gateway_core.runtime.crypto import CannotDecrypt, Cipher

AUTHENTICATION_FAILED: Final = "Authentication failed"
CANCELLED: Final = "Cancelled by the customer"
# A merchant who has configured nothing can still try the checkout on the same machine.
LOCAL_ORIGINS: Final = ("http://localhost:*", "http://127.0.0.1:*")


class CheckoutService:
    """The checkout of one gateway; every call is one transaction."""

    def __init__(
        self,
        pool: Pool,
        cipher: Cipher,
        wake: Wake,
        *,
        default_origins: Sequence[str],
    ) -> None:
        self._pool = pool
        self._cipher = cipher
        self._wake = wake
        self._default_origins = default_origins

    def check_secret(self, payment_id: str, client_secret: str | None) -> None:
        """NOT_FOUND_ERROR unless the secret is the payment's own.

        The same as for an unknown payment, without asking the database: nothing tells them apart.
        """
        if (
            not is_id(PAYMENT_PREFIX, payment_id)
            or client_secret is None
            or not self._cipher.is_client_secret(payment_id, client_secret)
        ):
            raise not_found("Payment")

    async def get(self, payment_id: str) -> CheckoutPayment:
        """The payment, for a caller whose secret was checked."""
        async with reading(self._pool) as conn:
            return await self._show(conn, payment_id)

    async def authenticate(self, payment_id: str, code: str) -> CheckoutPayment:
        """The payment, which goes to the bank once the code was right; BAD_REQUEST_ERROR for a wrong one.

        Wrong codes are counted in the database: the last one that is allowed fails the payment.
        """
        async with transaction(self._pool) as conn:
            refusal = await _enter_code(conn, payment_id, code)
            shown = await self._show(conn, payment_id)
        self._wake()
        if refusal is not None:  # raised only now, for the count of wrong codes must be committed
            raise refusal
        return shown

    async def cancel(self, payment_id: str) -> CheckoutPayment:
        """The payment, failed; BAD_REQUEST_ERROR once a processor has claimed it."""
        async with transaction(self._pool) as conn:
            failed = await checkout.fail_pending(conn, payment_id, CANCELLED)
            if failed is None:
                raise not_cancellable()
            await _append_failure(conn, failed, await clock.transaction_time(conn))
            shown = await self._show(conn, payment_id)
        self._wake()
        return shown

    async def origins_of(self, order_id: str) -> AllowedOrigins:
        """The sites that may frame the order's checkout, else NOT_FOUND_ERROR."""
        if is_id(ORDER_PREFIX, order_id):
            async with reading(self._pool) as conn:
                allowed = await checkout.allowed_origins_of_order(conn, order_id)
            if allowed is not None:
                return AllowedOrigins(allowed_origins=list(allowed or self._default_origins))
        raise not_found("Order")

    async def get_settings(self, merchant_id: UUID) -> CheckoutSettings:
        """What the merchant has configured."""
        async with reading(self._pool) as conn:
            return CheckoutSettings(
                allowed_origins=list(await merchants.get_allowed_origins(conn, merchant_id))
            )

    async def set_settings(self, merchant_id: UUID, wanted: CheckoutSettings) -> CheckoutSettings:
        """The settings, changed."""
        async with transaction(self._pool) as conn:
            await merchants.set_allowed_origins(conn, merchant_id, wanted.allowed_origins)
        return wanted

    async def _show(self, conn: Connection, payment_id: str) -> CheckoutPayment:
        record = await checkout.get(conn, payment_id)
        if record is None:
            raise not_found("Payment")
        return checkout_payment(record, self._signature(record))

    def _signature(self, record: CheckoutRecord) -> str | None:
        view, encrypted = record.payment.view, record.webhook_secret_encrypted
        if view.status is not PaymentStatus.SUCCESS or encrypted is None:
            return None
        try:
            return sign_checkout(view.order_id, view.id, self._cipher.decrypt(encrypted))
        except CannotDecrypt:  # under a key that is gone; the payer has paid all the same
            return None


async def _enter_code(conn: Connection, payment_id: str, code: str) -> GatewayError | None:
    """Take one code with the payment locked; returns the refusal, whose count of wrong codes is to be committed."""
    record = await payments.lock(conn, payment_id)
    if record is None:
        raise not_found("Payment")
    now, is_right = await clock.transaction_time(conn), code == CHALLENGE_CODE
    if record.authentication is Authentication.PASSED and is_right:
        return None  # the answer to the first time was lost
    if not awaits_code(record.view.status, record.authentication, record.view.created_at, now):
        return no_code_expected()
    if is_right:
        await checkout.pass_authentication(conn, payment_id)
        return None
    await checkout.count_wrong_code(conn, payment_id)
    if record.authentication_attempts + 1 >= MAX_AUTHENTICATION_ATTEMPTS:
        failed = await checkout.fail_pending(conn, payment_id, AUTHENTICATION_FAILED, Authentication.FAILED)
        assert failed is not None  # its row is locked by this transaction
        await _append_failure(conn, failed, now)
    return incorrect_code()


async def _append_failure(conn: Connection, failed: PaymentRecord, now: datetime) -> None:
    body = event_body(EventType.PAYMENT_FAILED, now, payment_data(failed.view))
    event = NewEvent(
        merchant_id=failed.merchant_id,
        type=EventType.PAYMENT_FAILED,
        subject_id=failed.view.id,
        payload=body,
        traceparent=failed.traceparent,
    )
    await events.append(conn, [event])
